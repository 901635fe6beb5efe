// The scenario with the Zodios client that openapi-zod-client makes, over axios.
//
// What the generator gives: a schema of zod for everything that is sent and answered, and a client that checks both
// while the program runs; a method per operation, which answers with the data alone; a refusal is axios's exception.
// What it doesn't give: status and headers of an answer, which an interceptor of axios gets to see; retries.

import { isErrorFromAlias } from '@zodios/core';
import { isAxiosError, type AxiosHeaders, type AxiosResponse } from 'axios';
import * as api from 'generated/client';
import type { z } from 'zod';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Contact = z.infer<typeof api.schemas.Contact>;

await scenario<Contact>('openapi-zod-client', (key) => {
  const client = api.createApiClient(BASE_URL, { axiosConfig: { headers: { 'X-API-Key': key } } });
  let last: AxiosResponse | undefined;
  client.axios.interceptors.response.use((response) => (last = response));
  async function answer<T>(operation: string, call: Promise<T>): Promise<Answer<T>> {
    try {
      const data = await call;
      const { status, headers } = present('an answer', last);
      return { status, headers: headers as AxiosHeaders, data };
    } catch (refusal) {
      if (!isAxiosError(refusal) || !refusal.response) throw refusal;
      const { status, headers } = refusal.response;
      // The check that makes it typed is by operation; all have the same envelope.
      const error = isErrorFromAlias(client.api, operation as 'getContact', refusal) ? refusal.response.data : undefined;
      return { status, headers: headers as AxiosHeaders, error };
    }
  }
  const contact = (contactId: string) => ({ params: { contactId } });
  const structure = (contactStructureId: string) => ({ params: { contactStructureId } });
  const list = (contactStructureId: string, listId: string) => ({ params: { contactStructureId, listId } });
  return {
    listStructures: () => answer('listStructures', client.listStructures()),
    createContact: (body) => answer('createContact', client.createContact(body)),
    getContact: (id) => answer('getContact', client.getContact(contact(id))),
    updateContactStatus: (id, status) => answer('updateContactStatus', client.updateContactStatus({ status }, contact(id))),
    replaceContact: (read, fields) =>
      answer('replaceContact', client.replaceContact({ ...read, __v: present('the version', read.__v), fields }, contact(read._id))),
    deleteContact: (id) => answer('deleteContact', client.deleteContact(undefined, contact(id))),
    listContacts: () => answer('listContacts', client.listContacts()),
    searchContacts: (search) => answer('searchContacts', client.searchContacts(search)),
    // It knows nothing of text: the type is void, and what came is handed on unchecked.
    exportContacts: (what) => answer('exportContacts', client.exportContacts(what) as Promise<unknown> as Promise<string>),
    listContactEvents: (id, types) => answer('listContactEvents', client.listContactEvents({ ...contact(id), queries: { types } })),
    listAllLists: (id) => answer('listAllLists', client.listAllLists(structure(id))),
    listLists: (id, queries) => answer('listLists', client.listLists({ ...structure(id), queries })),
    createList: (id, body) => answer('createList', client.createList(body, structure(id))),
    getList: (id, one) => answer('getList', client.getList(list(id, one))),
    updateList: (id, one, body) => answer('updateList', client.updateList(body, list(id, one))),
    deleteList: (id, one) => answer('deleteList', client.deleteList(undefined, list(id, one))),
  };
});
