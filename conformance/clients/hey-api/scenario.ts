// The scenario with the client that hey-api makes.
//
// What the generator gives: a function per operation, with its fetch client beside it; the answer is `data` or
// `error`, decoded and typed as the document's ErrorEnvelope, and `response`; with `throwOnError` the envelope is
// thrown. Nothing is checked while the program runs: properties that the document doesn't know are simply there,
// open sets are strings. What it doesn't give: retries, dates as `Date`.

import { createClient } from 'generated/client';
import * as api from 'generated/index';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Given<T> = { data?: T | undefined; error?: api.ErrorEnvelope | undefined; response: Response };
async function answer<T>(call: Promise<Given<T>>): Promise<Answer<T>> {
  const { data, error, response } = await call;
  return { status: response.status, headers: response.headers, data, error };
}

await scenario<api.Contact>('hey-api', (key) => {
  const client = createClient({ baseUrl: BASE_URL, auth: key });
  const contact = (contactId: string) => ({ client, path: { contactId } });
  const structure = (contactStructureId: string) => ({ client, path: { contactStructureId } });
  const list = (contactStructureId: string, listId: string) => ({ client, path: { contactStructureId, listId } });
  return {
    listStructures: () => answer(api.listStructures({ client })),
    createContact: (body) => answer(api.createContact({ client, body })),
    getContact: (id) => answer(api.getContact(contact(id))),
    updateContactStatus: (id, status) => answer(api.updateContactStatus({ ...contact(id), body: { status } })),
    replaceContact: (read, fields) => {
      const body = { ...read, __v: present('the version', read.__v), fields };
      return answer(api.replaceContact({ ...contact(read._id), body }));
    },
    deleteContact: (id) => answer(api.deleteContact(contact(id))),
    listContacts: () => answer(api.listContacts({ client })),
    searchContacts: (body) => answer(api.searchContacts({ client, body })),
    exportContacts: (body) => answer(api.exportContacts({ client, body })),
    listContactEvents: (id, types) => answer(api.listContactEvents({ ...contact(id), query: { types } })),
    listAllLists: (id) => answer(api.listAllLists(structure(id))),
    listLists: (id, query) => answer(api.listLists({ ...structure(id), query })),
    createList: (id, body) => answer(api.createList({ ...structure(id), body })),
    getList: (id, one) => answer(api.getList(list(id, one))),
    updateList: (id, one, body) => answer(api.updateList({ ...list(id, one), body })),
    deleteList: (id, one) => answer(api.deleteList(list(id, one))),
  };
});
