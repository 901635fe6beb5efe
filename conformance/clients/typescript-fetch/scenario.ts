// The scenario with the client that openapi-generator makes for TypeScript's `fetch`.
//
// What the generator gives: a class per tag, a method per operation that answers with a model (`_id` is called
// `id`, `__v` is `v`, instants are `Date`) and one that answers with the response, `…Raw`; an exception for
// refusals. The exception holds the undecoded response, so the error is decoded here, by the generated model.
// Nothing is checked while the program runs: properties that the document doesn't know are copied, under their
// own names; open sets are strings. What it doesn't give: retries, typed errors.

import {
  Configuration,
  ContactsApi,
  ErrorEnvelopeFromJSON,
  ListsApi,
  ResponseError,
  SearchColumn,
  StructuresApi,
  type ErrorReason,
  type Contact,
  type ContactCreate,
  type ContactField,
  type ContactReplacement,
  type Structure,
} from 'generated/index';
import {
  API_KEY,
  BASE_URL,
  HandedOn,
  READ_ONLY_API_KEY,
  TYPES,
  UNKNOWN_ID,
  VALUES,
  equal,
  holds,
  play,
  present,
  setHourlyLeft,
} from '../frame';

const KEY = 'Ada.Lovelace+typescript-fetch@example.com';
const as = (key: string) => new Configuration({ basePath: BASE_URL, apiKey: key });
const contacts = new ContactsApi(as(API_KEY));
const structures = new StructuresApi(as(API_KEY));
const listsApi = new ListsApi(as(API_KEY));

const structure = new HandedOn<Structure>(1);
const lists = new HandedOn<Record<string, string>>(1);
const created = new HandedOn<Contact>(2);
const stale = new HandedOn<ContactReplacement>(6);

/** The first error of the refusal, and its headers. */
async function refused(status: number, call: Promise<unknown>): Promise<ErrorReason & { headers: Headers }> {
  const problem: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(problem instanceof ResponseError)) throw problem ?? new Error(`expected ${status}, but it was accepted`);
  equal('status', problem.response.status, status);
  const { errors } = ErrorEnvelopeFromJSON(await problem.response.json());
  equal('errors', errors.length, 1);
  return { ...present('an error', errors[0]), headers: problem.response.headers };
}

/** A contact's values by label. */
function values(fields: ContactField[] | undefined): Record<string, unknown> {
  const labels = new Map(structure.get().fields.map((field) => [field.id, field.label]));
  return Object.fromEntries(present('fields', fields).map((field) => [labels.get(field.id), field.value]));
}

function newContact(key: string): ContactCreate {
  const { id, fields } = structure.get();
  const ids = new Map(fields.map((field) => [field.label, field.id]));
  return {
    key,
    contactStructureId: id,
    fields: Object.entries(VALUES).map(([label, value]) => ({ id: present(label, ids.get(label)), value })),
    lists: [{ id: present('Newsletter', lists.get()['Newsletter']), action: 'add' }],
  };
}

const ada = () => ({ contactId: created.get().id });

await play({
  'reads the structure': async () => {
    const all = await structures.listStructures();
    equal('structures', all.length, 1);
    const first = present('a structure', all[0]);
    equal('label', first.label, 'Default Contacts');
    equal('data types', Object.fromEntries(first.fields.map((field) => [field.label, field.dataType])), TYPES);
    equal('predefined field', first.fields[0]?.predefinedField, 'firstName');
    equal('tags', first.tags?.map((tag) => tag.label), ['VIP']);
    const listed = await listsApi.listAllLists({ contactStructureId: first.id });
    equal('lists', listed.map((list) => list.name), ['Newsletter', 'Partners']);
    structure.set(first);
    lists.set(Object.fromEntries(listed.map((list) => [list.name, list.id])));
  },

  'creates a contact': async () => {
    const contact = await contacts.createContact({ contactCreate: newContact(KEY) });
    equal('key', contact.key, KEY);
    equal('values', values(contact.fields), VALUES);
    equal('version', contact.v, 0);
    equal('status', contact.status?.primary, 'Active');
    created.set(contact);
  },

  'gets it back': async () => {
    const contact = await contacts.getContact(ada());
    equal('id', contact.id, created.get().id);
    equal('key', contact.key, KEY);
    equal('values', values(contact.fields), VALUES);
    equal('lists', contact.lists, [{ _id: lists.get()['Newsletter'] }]);
  },

  'unsubscribes it': async () => {
    const body = { status: { primary: 'Inactive', secondary: 'Unsubscribe' } } as const;
    const contact = await contacts.updateContactStatus({ ...ada(), contactStatusUpdate: body });
    equal('status', contact.status?.primary, 'Inactive');
    equal('reason', contact.status?.secondary, 'Unsubscribe');
  },

  "can't make it active again": async () => {
    const body = { status: { primary: 'Active' } } as const;
    const error = await refused(400, contacts.updateContactStatus({ ...ada(), contactStatusUpdate: body }));
    equal('errorType', error.errorType, 'ValidationError');
    equal('field', error.field, 'status.primary');
    equal('message', error.message, "An inactive contact can't be made active through the API");
  },

  'replaces it': async () => {
    const contact = await contacts.getContact(ada());
    const company = structure.get().fields.find((field) => field.label === 'Company')?.id;
    // The whole contact as it was read: what a replacement leaves out is erased. Property by property, because
    // `...contact` would also send `id` and `v`, which the document doesn't know.
    const contactReplacement: ContactReplacement = {
      key: contact.key,
      contactStructureId: contact.contactStructureId,
      status: present('the status', contact.status),
      lists: present('lists', contact.lists),
      tags: present('tags', contact.tags),
      v: present('the version', contact.v),
      fields: present('fields', contact.fields).map((field) =>
        field.id === company ? { ...field, value: 'Difference Engines' } : field,
      ),
    };
    const replaced = await contacts.replaceContact({ ...ada(), contactReplacement });
    equal('values', values(replaced.fields), { ...VALUES, Company: 'Difference Engines' });
    equal('lists', replaced.lists, [{ _id: lists.get()['Newsletter'] }]);
    equal('status', replaced.status?.primary, 'Inactive');
    holds('the version grew', present('the version', replaced.v) > contactReplacement.v);
    stale.set(contactReplacement);
  },

  'is told of a stale version': async () => {
    const error = await refused(400, contacts.replaceContact({ ...ada(), contactReplacement: stale.get() }));
    equal('errorType', error.errorType, 'ConcurrencyError');
  },

  'finds it by key': async () => {
    const byKey = { columnToFilter: 'KEY', operator: 'EQ', values: [KEY] };
    const contactSearch = {
      contactStructureId: structure.get().id,
      page: 1,
      pageSize: 10,
      source: [SearchColumn.Key, SearchColumn.Fields, SearchColumn.ContactStatus],
      contactSpecification: { filters: [{ criterias: [byKey] }] },
    };
    const page = await contacts.searchContacts({ contactSearch });
    equal('total', page.totalRecords, 1);
    equal('rows', page.contacts.map((row) => row.id), [created.get().id]);
    equal('status', page.contacts[0]?.contactStatus, 'Inactive');
    equal('values', values(page.contacts[0]?.fields), { ...VALUES, Company: 'Difference Engines' });
  },

  'lists all contacts': async () => {
    const all = await contacts.listContacts();
    equal('contacts', all.length, 4);
    const found = all.filter((contact) => contact.id === created.get().id);
    equal('ours', found.length, 1);
    equal('seats', values(found[0]?.fields)['Seats'], 12);
  },

  'works with lists': async () => {
    const all = { contactStructureId: structure.get().id };
    const conference = await listsApi.createList({ ...all, listCreate: { name: 'Conference' } });
    equal('name', conference.name, 'Conference');
    const page = (page: number) => listsApi.listLists({ ...all, page, size: 2, sort: 'name:asc' });
    const first = await page(1);
    equal('total', first.total, 3);
    equal('first page', first.records.map((list) => list.name), ['Conference', 'Newsletter']);
    const second = await page(2);
    equal('second page', second.records.map((list) => list.name), ['Partners']);
    const one = { ...all, listId: conference.id };
    const listUpdate = { name: 'Conference 2027', v: present('the version', conference.v) };
    const renamed = await listsApi.updateList({ ...one, listUpdate });
    equal('new name', renamed.name, 'Conference 2027');
    equal('version', renamed.v, listUpdate.v + 1);
    equal('deletion', (await listsApi.deleteListRaw(one)).raw.status, 204);
    equal('errorType', (await refused(404, listsApi.getList(one))).errorType, 'RecordNotFound');
  },

  'is told of a duplicate': async () => {
    const error = await refused(400, contacts.createContact({ contactCreate: newContact(KEY) }));
    equal('errorType', error.errorType, 'DuplicateFieldError');
    equal('field', error.field, 'key');
  },

  'is told of a missing scope': async () => {
    const reader = new ContactsApi(as(READ_ONLY_API_KEY));
    const error = await refused(403, reader.createContact({ contactCreate: newContact('reader@example.com') }));
    equal('errorType', error.errorType, 'ForbiddenError');
    equal('message', error.message, 'API key missing required scope: contacts:write');
  },

  'is told of a wrong key': async () => {
    const error = await refused(401, new StructuresApi(as('wrong')).listStructures());
    equal('errorType', error.errorType, 'UnauthorizedError');
    equal('message', error.message, 'Invalid API key');
  },

  'is told of an unknown id': async () => {
    const error = await refused(404, contacts.getContact({ contactId: UNKNOWN_ID }));
    equal('errorType', error.errorType, 'RecordNotFound');
  },

  'is told when to come back': async () => {
    const { headers } = (await contacts.getContactRaw(ada())).raw;
    equal('limit', Number(headers.get('X-RateLimit-Limit')), 3600);
    holds('requests are left', Number(headers.get('X-RateLimit-Remaining')) > 0);
    await setHourlyLeft(0);
    const error = await refused(429, contacts.getContact(ada())).finally(() => setHourlyLeft(3600));
    equal('errorType', error.errorType, 'TooManyRequestsError');
    const wait = Number(error.headers.get('Retry-After'));
    holds('Retry-After is within the hour', wait > 0 && wait <= 3600);
    equal('remaining', error.headers.get('X-RateLimit-Remaining'), '0');
  },

  'deletes it': async () => {
    const deleted = await contacts.deleteContact(ada());
    equal('id', deleted.id, created.get().id);
    equal('key', deleted.key, KEY);
    const error = await refused(404, contacts.getContact(ada()));
    equal('errorType', error.errorType, 'RecordNotFound');
  },
});
