// The scenario with the client that swagger-typescript-api makes for `fetch`.
//
// What the generator gives: one file with a class, whose method groups are the paths' first words; a refusal is thrown,
// as the response with the decoded envelope as `error`; answers have status and headers. Nothing is checked while the
// program runs. What it doesn't give: the body of anything but JSON, unless asked for with `format`; retries.

import * as api from 'generated/client';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

async function answer<T>(call: Promise<api.HttpResponse<T, api.ErrorEnvelope>>): Promise<Answer<T>> {
  try {
    const { status, headers, data } = await call;
    return { status, headers, data };
  } catch (refusal) {
    if (!(refusal instanceof Response)) throw refusal;
    const { status, headers, error } = refusal as api.HttpResponse<T, api.ErrorEnvelope>;
    return { status, headers, error };
  }
}

await scenario<api.Contact>('swagger-typescript-api', (key) => {
  const client = new api.Api({ baseUrl: BASE_URL, baseApiParams: { headers: { 'X-API-Key': key } } }).api;
  return {
    listStructures: () => answer(client.listStructures()),
    createContact: (body) => answer(client.createContact(body)),
    getContact: (id) => answer(client.getContact(id)),
    updateContactStatus: (id, status) => answer(client.updateContactStatus(id, { status })),
    replaceContact: (read, fields) =>
      answer(client.replaceContact(read._id, { ...read, __v: present('the version', read.__v), fields })),
    deleteContact: (id) => answer(client.deleteContact(id)),
    listContacts: () => answer(client.listContacts()),
    searchContacts: (search) => answer(client.searchContacts(search)),
    // Unless it is told the format of an answer that isn't JSON, its data is null.
    exportContacts: (what) => answer(client.exportContacts(what, { format: 'text' })),
    listContactEvents: (id, types) => answer(client.listContactEvents(id, { types })),
    listAllLists: (id) => answer(client.listAllLists(id)),
    listLists: (id, page) => answer(client.listLists(id, page)),
    createList: (id, list) => answer(client.createList(id, list)),
    getList: (id, one) => answer(client.getList(id, one)),
    updateList: (id, one, list) => answer(client.updateList(id, one, list)),
    deleteList: (id, one) => answer(client.deleteList(id, one)),
  };
});
