// The scenario with the client that openapi-generator makes for TypeScript's `fetch`.
//
// What the generator gives: a class per tag, a method per operation that answers with a model (`_id` is called
// `id`, `__v` is `v`, instants are `Date`) and one that answers with the response, `…Raw`; an exception for
// refusals. The exception holds the undecoded response, so the error is decoded here, by the generated model.
// Nothing is checked while the program runs: properties that the document doesn't know are copied, under their
// own names; open sets are strings. What it doesn't give: retries, typed errors.

import * as api from 'generated/index';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer, type Contact, type Field, type List } from '../steps';

type Raw<T> = { raw: Response; value(): Promise<T> };
/** An answer, its value as the wire names it. */
async function answer<T, W>(call: Promise<Raw<T>>, wire: (value: T) => W): Promise<Answer<W>> {
  try {
    const { raw, value } = await call.then((it) => ({ raw: it.raw, value: it.value() }));
    return { status: raw.status, headers: raw.headers, data: wire(await value) };
  } catch (refusal) {
    if (!(refusal instanceof api.ResponseError)) throw refusal;
    const { status, headers } = refusal.response;
    return { status, headers, error: api.ErrorEnvelopeFromJSON(await refusal.response.json()) };
  }
}

const field = ({ id, value }: api.ContactField): Field => ({ _id: id, value });
/** A contact by the names of the wire, and as it was read. */
type Read = Contact & { read: api.Contact };
const contact = (read: api.Contact): Read => {
  const { id, key, fields, status, lists, v } = read;
  return { read, _id: id, key, fields: fields?.map(field), status, lists, __v: v };
};
const list = ({ id, name, v }: api.ContactList): List => ({ _id: id, name, __v: v });
const identity = <T>(value: T): T => value;

await scenario<Read>('typescript-fetch', (key) => {
  const configuration = new api.Configuration({ basePath: BASE_URL, apiKey: key });
  const contacts = new api.ContactsApi(configuration);
  const lists = new api.ListsApi(configuration);
  const structures = new api.StructuresApi(configuration);
  return {
    listStructures: () =>
      answer(structures.listStructuresRaw(), (all) =>
        all.map(({ id, label, fields, tags }) => ({
          _id: id,
          label,
          fields: fields.map(({ id, ...rest }) => ({ _id: id, ...rest })),
          tags,
        })),
      ),
    createContact: ({ key, contactStructureId, fields, lists }) => {
      const contactCreate = {
        key,
        contactStructureId,
        fields: fields.map(({ _id, value }) => ({ id: _id, value })),
        lists: lists.map(({ _id, action }) => ({ id: _id, action })),
      };
      return answer(contacts.createContactRaw({ contactCreate }), contact);
    },
    getContact: (contactId) => answer(contacts.getContactRaw({ contactId }), contact),
    updateContactStatus: (contactId, status) =>
      answer(contacts.updateContactStatusRaw({ contactId, contactStatusUpdate: { status } }), contact),
    // Property by property, because `...read` would also send `id` and `v`, which the document doesn't know.
    replaceContact: ({ read }, changed) => {
      const values = new Map(changed.map(({ _id, value }) => [_id, value]));
      const contactReplacement: api.ContactReplacement = {
        key: read.key,
        contactStructureId: read.contactStructureId,
        status: present('the status', read.status),
        lists: present('lists', read.lists),
        tags: present('tags', read.tags),
        v: present('the version', read.v),
        fields: present('fields', read.fields).map((field) => ({ ...field, value: values.get(field.id) })),
      };
      return answer(contacts.replaceContactRaw({ contactId: read.id, contactReplacement }), contact);
    },
    deleteContact: (contactId) => answer(contacts.deleteContactRaw({ contactId }), contact),
    listContacts: () => answer(contacts.listContactsRaw(), (all) => all.map(contact)),
    searchContacts: (contactSearch) =>
      answer(contacts.searchContactsRaw({ contactSearch }), ({ contacts, totalRecords }) => ({
        totalRecords,
        contacts: contacts.map((row) => ({ ...row, _id: row.id, fields: row.fields?.map(field) })),
      })),
    exportContacts: (contactExport) => answer(contacts.exportContactsRaw({ contactExport }), identity),
    listContactEvents: (contactId, types) => answer(contacts.listContactEventsRaw({ contactId, types }), identity),
    listAllLists: (contactStructureId) =>
      answer(lists.listAllListsRaw({ contactStructureId }), (all) => all.map(list)),
    listLists: (contactStructureId, page) =>
      answer(lists.listListsRaw({ contactStructureId, ...page }), ({ total, records }) => ({
        total,
        records: records.map(list),
      })),
    createList: (contactStructureId, listCreate) =>
      answer(lists.createListRaw({ contactStructureId, listCreate }), list),
    getList: (contactStructureId, listId) => answer(lists.getListRaw({ contactStructureId, listId }), list),
    updateList: (contactStructureId, listId, { name, __v }) =>
      answer(lists.updateListRaw({ contactStructureId, listId, listUpdate: { name, v: __v } }), list),
    deleteList: (contactStructureId, listId) =>
      answer(lists.deleteListRaw({ contactStructureId, listId }), identity),
  };
});
