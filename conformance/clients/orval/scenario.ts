// The scenario with the functions that orval makes for `fetch`.
//
// What the generator gives: a function per operation, whose answer is a union told apart by `status`: refusals
// are answers too, with the document's ErrorEnvelope as `data`, and `headers`. Nothing is checked while the
// program runs: properties that the document doesn't know are simply there, open sets are strings. What it
// doesn't give: a base URL, a place for the key (see fetch.ts), retries, exceptions for refusals.

import * as api from 'generated/client';
import type { Contact, ErrorEnvelope } from 'generated/client.schemas';
import { present } from '../frame';
import { scenario, type Answer } from '../steps';

type Refusal = { status: 400 | 401 | 403 | 404 | 429; data: ErrorEnvelope; headers: Headers };
type Success<T> = { status: 200 | 201 | 204; data: T; headers: Headers };
async function answer<T>(call: Promise<Success<T> | Refusal>): Promise<Answer<T>> {
  const given = await call;
  const { status, headers } = given;
  const refused = (it: Success<T> | Refusal): it is Refusal => it.status >= 400;
  return refused(given) ? { status, headers, error: given.data } : { status, headers, data: given.data };
}

await scenario<Contact>('orval', (key) => {
  const options = { headers: { 'X-API-Key': key } };
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
