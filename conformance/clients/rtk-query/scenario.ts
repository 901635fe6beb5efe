// The scenario with the endpoints that RTK Query's generator makes, in a store without a page.
//
// What the generator gives: an endpoint per operation for a store of Redux, which caches what was read; `data`, or
// `error` with the status and the decoded body. Nothing is checked while the program runs. What it doesn't give: the
// headers of an answer, which the base query gets to see; types of refusals; retries. A change doesn't renew what was
// read, unless tags say so: each read here asks again.

import { configureStore } from '@reduxjs/toolkit';
import { api, type Contact, type ErrorEnvelope } from 'generated/client';
import { BASE_URL, present } from '../frame';
import { scenario, type Answer } from '../steps';

const fresh = { forceRefetch: true, subscribe: false };

await scenario<Contact>('rtk-query', (key) => {
  let last: Response | undefined;
  const heard = (response: Response | undefined) => (last = response);
  const store = configureStore({
    reducer: { [api.reducerPath]: api.reducer },
    middleware: (standard) =>
      standard({ thunk: { extraArgument: { baseUrl: BASE_URL, key, heard } } }).concat(api.middleware),
  });
  async function answer<T>(
    call: PromiseLike<{ data?: T | undefined; error?: unknown }>,
  ): Promise<Answer<Exclude<T, undefined>>> {
    const { data, error } = await call;
    const { status, headers } = present(`a response, not ${JSON.stringify(error)}`, last);
    const refusal = error as { data?: ErrorEnvelope } | undefined;
    return { status, headers, ...(error === undefined ? { data: data as Exclude<T, undefined> } : { error: refusal?.data }) };
  }
  const ask = api.endpoints;
  const { dispatch } = store;
  return {
    listStructures: () => answer(dispatch(ask.listStructures.initiate(undefined, fresh))),
    createContact: (contactCreate) => answer(dispatch(ask.createContact.initiate({ contactCreate }))),
    getContact: (contactId) => answer(dispatch(ask.getContact.initiate({ contactId }, fresh))),
    updateContactStatus: (contactId, status) =>
      answer(dispatch(ask.updateContactStatus.initiate({ contactId, contactStatusUpdate: { status } }))),
    replaceContact: (read, fields) => {
      const contactReplacement = { ...read, __v: present('the version', read.__v), fields };
      return answer(dispatch(ask.replaceContact.initiate({ contactId: read._id, contactReplacement })));
    },
    deleteContact: (contactId) => answer(dispatch(ask.deleteContact.initiate({ contactId }))),
    listContacts: () => answer(dispatch(ask.listContacts.initiate(undefined, fresh))),
    searchContacts: (contactSearch) => answer(dispatch(ask.searchContacts.initiate({ contactSearch }))),
    exportContacts: (contactExport) => answer(dispatch(ask.exportContacts.initiate({ contactExport }))),
    listContactEvents: (contactId, types) =>
      answer(dispatch(ask.listContactEvents.initiate({ contactId, types }, fresh))),
    listAllLists: (contactStructureId) =>
      answer(dispatch(ask.listAllLists.initiate({ contactStructureId }, fresh))),
    listLists: (contactStructureId, page) =>
      answer(dispatch(ask.listLists.initiate({ contactStructureId, ...page }, fresh))),
    createList: (contactStructureId, listCreate) =>
      answer(dispatch(ask.createList.initiate({ contactStructureId, listCreate }))),
    getList: (contactStructureId, listId) =>
      answer(dispatch(ask.getList.initiate({ contactStructureId, listId }, fresh))),
    updateList: (contactStructureId, listId, listUpdate) =>
      answer(dispatch(ask.updateList.initiate({ contactStructureId, listId, listUpdate }))),
    deleteList: (contactStructureId, listId) =>
      answer(dispatch(ask.deleteList.initiate({ contactStructureId, listId }))),
  };
});
