// The scenario with the functions that oazapfts makes.
//
// What the generator gives: a function per operation, on a small library that sends; the answer is a union told apart
// by `status`, refusals included, with `headers`; `ok` makes exceptions of refusals. Nothing is checked while the
// program runs. What it doesn't give: a place for the key, which is a default header; retries.

import * as api from 'generated/client';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Refusal = { status: 400 | 401 | 403 | 404 | 429; data: api.ErrorEnvelope; headers: Headers };
type Success<T> = { status: 200 | 201; data: T; headers: Headers };
type Nothing = { status: 204; headers: Headers };
async function answer<T>(call: Promise<Success<T> | Nothing | Refusal>): Promise<Answer<T>> {
  const given = await call;
  const { status, headers } = given;
  const refused = (it: Success<T> | Nothing | Refusal): it is Refusal => it.status >= 400;
  if (refused(given)) return { status, headers, error: given.data };
  return given.status === 204 ? { status, headers } : { status, headers, data: given.data };
}

await scenario<api.Contact>('oazapfts', (key) => {
  const options = { baseUrl: BASE_URL, headers: { 'X-API-Key': key } };
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
