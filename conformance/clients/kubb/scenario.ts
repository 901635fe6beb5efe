// The scenario with the functions that Kubb makes for `fetch`.
//
// What the generator gives: a function per operation, with its client beside it; the answer has data, status and
// headers, and a refusal is an answer as well, whose data is typed as if it were none. Nothing is checked while the
// program runs. What it doesn't give: a way to read anything but JSON; retries.

import * as api from 'generated/index';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Given<T> = { data: T; status: number; headers: Headers };
async function answer<T>(call: Promise<Given<T>>): Promise<Answer<T>> {
  const { data, status, headers } = await call;
  return status < 400 ? { status, headers, data } : { status, headers, error: data as api.ErrorEnvelope };
}

await scenario<api.Contact>('kubb', (key) => {
  // It doesn't say by itself that a body is JSON.
  const options = { baseURL: BASE_URL, headers: { 'X-API-Key': key, 'Content-Type': 'application/json' } };
  return {
    listStructures: () => answer(api.listStructures(options)),
    createContact: (body) => answer(api.createContact(body, options)),
    getContact: (id) => answer(api.getContact(id, options)),
    updateContactStatus: (id, status) => answer(api.updateContactStatus(id, { status }, options)),
    replaceContact: (read, fields) =>
      answer(api.replaceContact(read._id, { ...read, __v: present('the version', read.__v), fields }, options)),
    deleteContact: (id) => answer(api.deleteContact(id, options)),
    listContacts: () => answer(api.listContacts(options)),
    searchContacts: (search) => answer(api.searchContacts(search, options)),
    exportContacts: (what) => answer(api.exportContacts(what, options)),
    listContactEvents: (id, types) => answer(api.listContactEvents(id, { types }, options)),
    listAllLists: (id) => answer(api.listAllLists(id, options)),
    listLists: (id, page) => answer(api.listLists(id, page, options)),
    createList: (id, list) => answer(api.createList(id, list, options)),
    getList: (id, one) => answer(api.getList(id, one, options)),
    updateList: (id, one, list) => answer(api.updateList(id, one, list, options)),
    deleteList: (id, one) => answer(api.deleteList(id, one, options)),
  };
});
