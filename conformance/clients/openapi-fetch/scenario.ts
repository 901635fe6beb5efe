// The scenario with openapi-typescript's types and openapi-fetch.
//
// What the generator gives: types only, for every path, body, answer and header; openapi-fetch sends, and
// answers with `data` or with `error`, decoded and typed as the document's ErrorEnvelope, and `response`.
// Nothing is checked while the program runs: properties that the document doesn't know are simply there, open
// sets are strings. What it doesn't give: retries, exceptions for refusals, dates as `Date`.

import createClient from 'openapi-fetch';
import type { components, paths } from 'generated/document';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Schemas = components['schemas'];
type Given<T> = { data?: T; error?: Schemas['ErrorEnvelope']; response: Response };
async function answer<T>(call: Promise<Given<T>>): Promise<Answer<T>> {
  const { data, error, response } = await call;
  return { status: response.status, headers: response.headers, data, error };
}

const CONTACT = '/api/contact/{contactId}';
const LISTS = '/api/contact-structure/{contactStructureId}/lists';
const LIST = '/api/contact-structure/{contactStructureId}/lists/{listId}';
const contact = (contactId: string) => ({ path: { contactId } });
const structure = (contactStructureId: string) => ({ path: { contactStructureId } });
const list = (contactStructureId: string, listId: string) => ({ path: { contactStructureId, listId } });

await scenario<Schemas['Contact']>('openapi-fetch', (key) => {
  const client = createClient<paths>({ baseUrl: BASE_URL, headers: { 'X-API-Key': key } });
  return {
    listStructures: () => answer(client.GET('/api/contact-structure')),
    createContact: (body) => answer(client.POST('/api/contact', { body })),
    getContact: (id) => answer(client.GET(CONTACT, { params: contact(id) })),
    updateContactStatus: (id, status) => answer(client.PATCH(CONTACT, { params: contact(id), body: { status } })),
    replaceContact: (read, fields) => {
      const body = { ...read, __v: present('the version', read.__v), fields };
      return answer(client.PUT(CONTACT, { params: contact(read._id), body }));
    },
    deleteContact: (id) => answer(client.DELETE(CONTACT, { params: contact(id) })),
    listContacts: () => answer(client.GET('/api/contact')),
    searchContacts: (body) => answer(client.POST('/api/contact/search', { body })),
    // It takes an answer for JSON unless told otherwise.
    exportContacts: (body) => answer(client.POST('/api/contact/export', { body, parseAs: 'text' })),
    listContactEvents: (id, types) =>
      answer(
        client.GET('/api/contact/{contactId}/events', {
          params: { ...contact(id), query: { types } },
          // It repeats the parameter unless told otherwise.
          querySerializer: { array: { style: 'form', explode: false } },
        }),
      ),
    listAllLists: (id) => answer(client.GET(`${LISTS}/all`, { params: structure(id) })),
    listLists: (id, query) => answer(client.GET(LISTS, { params: { ...structure(id), query } })),
    createList: (id, body) => answer(client.POST(LISTS, { params: structure(id), body })),
    getList: (id, one) => answer(client.GET(LIST, { params: list(id, one) })),
    updateList: (id, one, body) => answer(client.PATCH(LIST, { params: list(id, one), body })),
    deleteList: (id, one) => answer(client.DELETE(LIST, { params: list(id, one) })),
  };
});
