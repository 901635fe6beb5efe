// The scenario with the client that openapi-typescript-codegen makes for `fetch` from the plain rendition.
//
// What the generator gives: a class per tag, a method per operation that answers with the data alone; a refusal is an
// `ApiError` with status and decoded body. Nothing is checked while the program runs. What it doesn't give: any
// headers, so neither `Retry-After` nor the limits; types of refusals; retries.

import * as api from 'generated/index';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

/** What an answer is has to be said, since the client tells no status. */
async function answer<T>(call: Promise<T>, success = 200): Promise<Answer<T>> {
  const headers = new Map();
  try {
    return { status: success, headers, data: await call };
  } catch (refusal) {
    if (!(refusal instanceof api.ApiError)) throw refusal;
    return { status: refusal.status, headers, error: refusal.body as api.ErrorEnvelope };
  }
}

const STATUS = { Active: api.SettableStatus.ACTIVE, Inactive: api.SettableStatus.INACTIVE };
const REASON = { Unsubscribe: api.SettableReason.UNSUBSCRIBE };
const COLUMN = {
  _id: api.SearchColumn._ID,
  key: api.SearchColumn.KEY,
  fields: api.SearchColumn.FIELDS,
  contactStatus: api.SearchColumn.CONTACT_STATUS,
};

await scenario<api.Contact>('openapi-typescript-codegen', (key) => {
  const { contacts, lists, structures } = new api.Contacts({ BASE: BASE_URL, HEADERS: { 'X-API-Key': key } });
  return {
    listStructures: () => answer(structures.listStructures()),
    createContact: (body) => answer(contacts.createContact(body)),
    getContact: (id) => answer(contacts.getContact(id)),
    updateContactStatus: (id, { primary, secondary }) => {
      const status = { primary: STATUS[primary], ...(secondary && { secondary: REASON[secondary] }) };
      return answer(contacts.updateContactStatus(id, { status }));
    },
    replaceContact: (read, fields) =>
      answer(contacts.replaceContact(read._id, { ...read, __v: present('the version', read.__v), fields })),
    deleteContact: (id) => answer(contacts.deleteContact(id)),
    listContacts: () => answer(contacts.listContacts()),
    searchContacts: ({ source, ...search }) =>
      answer(contacts.searchContacts({ ...search, source: source.map((column) => COLUMN[column]) })),
    exportContacts: ({ source, ...what }) =>
      answer(contacts.exportContacts({ ...what, source: source.map((column) => COLUMN[column]) })),
    listContactEvents: (id, types) => answer(contacts.listContactEvents(id, types)),
    listAllLists: (id) => answer(lists.listAllLists(id)),
    listLists: (id, { page, size, sort }) => answer(lists.listLists(id, page, size, sort)),
    createList: (id, list) => answer(lists.createList(id, list), 201),
    getList: (id, one) => answer(lists.getList(id, one)),
    updateList: (id, one, list) => answer(lists.updateList(id, one, list)),
    deleteList: (id, one) => answer(lists.deleteList(id, one), 204),
  };
});
