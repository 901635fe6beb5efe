// The scenario with openapi-client-axios, and the types that its typegen makes.
//
// What the library gives: a method per operation, made from the document when the program starts; answers are axios's,
// with status and headers; a refusal is axios's exception, whose response is untyped. Nothing is checked while the
// program runs. What it doesn't give: typed refusals, retries.

import { isAxiosError, type AxiosHeaders } from 'axios';
import { OpenAPIClientAxios, type AxiosResponse, type Document } from 'openapi-client-axios';
import { readFileSync } from 'node:fs';
import type { Client, Components } from 'generated/client';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

type Contact = Components.Schemas.Contact;
type Envelope = Components.Schemas.ErrorEnvelope;
const definition = JSON.parse(readFileSync(`${process.env['GENERATED']}/openapi.json`, 'utf8')) as Document;

async function answer<T>(call: Promise<AxiosResponse<T>>): Promise<Answer<T>> {
  const [given, refused] = await call.then(
    (response) => [response, false] as const,
    (problem: unknown) => {
      if (!isAxiosError<unknown>(problem) || !problem.response) throw problem;
      return [problem.response as AxiosResponse<T>, true] as const;
    },
  );
  const headers = given.headers as AxiosHeaders;
  return { status: given.status, headers, ...(refused ? { error: given.data as Envelope } : { data: given.data }) };
}

await scenario<Contact>('openapi-client-axios', (key) => {
  const axiosConfigDefaults = { headers: { 'X-API-Key': key } };
  const client = new OpenAPIClientAxios({
    definition,
    withServer: { url: BASE_URL },
    axiosConfigDefaults,
  }).initSync<Client>();
  const structure = (contactStructureId: string) => ({ contactStructureId });
  const list = (contactStructureId: string, listId: string) => ({ contactStructureId, listId });
  return {
    listStructures: () => answer(client.listStructures()),
    createContact: (body) => answer(client.createContact(null, body)),
    getContact: (contactId) => answer(client.getContact({ contactId })),
    updateContactStatus: (contactId, status) => answer(client.updateContactStatus({ contactId }, { status })),
    replaceContact: (read, fields) => {
      const body = { ...read, __v: present('the version', read.__v), fields };
      return answer(client.replaceContact({ contactId: read._id }, body));
    },
    deleteContact: (contactId) => answer(client.deleteContact({ contactId })),
    listContacts: () => answer(client.listContacts()),
    searchContacts: (search) => answer(client.searchContacts(null, search)),
    exportContacts: (what) => answer(client.exportContacts(null, what)),
    listContactEvents: (contactId, types) => answer(client.listContactEvents({ contactId, types })),
    listAllLists: (id) => answer(client.listAllLists(structure(id))),
    listLists: (id, page) => answer(client.listLists({ ...structure(id), ...page })),
    createList: (id, body) => answer(client.createList(structure(id), body)),
    getList: (id, one) => answer(client.getList(list(id, one))),
    updateList: (id, one, body) => answer(client.updateList(list(id, one), body)),
    deleteList: (id, one) => answer(client.deleteList(list(id, one))),
  };
});
