// The scenario with the client that hey-api makes.
//
// What the generator gives: a function per operation, with its fetch client beside it; the answer is `data` or
// `error`, decoded and typed as the document's ErrorEnvelope, and `response`; with `throwOnError` the envelope is
// thrown. Nothing is checked while the program runs: properties that the document doesn't know are simply there,
// open sets are strings. What it doesn't give: retries, dates as `Date`.

import { createClient } from 'generated/client';
import {
  createContact,
  createList,
  deleteContact,
  deleteList,
  getContact,
  getList,
  listAllLists,
  listContacts,
  listLists,
  listStructures,
  replaceContact,
  searchContacts,
  updateContactStatus,
  updateList,
  type ErrorReason,
  type Contact,
  type ContactCreate,
  type ContactField,
  type ContactReplacement,
  type ErrorEnvelope,
  type Structure,
} from 'generated/index';
import {
  API_KEY,
  BASE_URL,
  HandedOn,
  READ_ONLY_API_KEY,
  TYPES,
  UNKNOWN_ID,
  VALUES,
  equal,
  holds,
  play,
  present,
  setHourlyLeft,
} from '../frame';

const KEY = 'Ada.Lovelace+hey-api@example.com';
const as = (key: string) => createClient({ baseUrl: BASE_URL, auth: key });
const client = as(API_KEY);

const structure = new HandedOn<Structure>(1);
const lists = new HandedOn<Record<string, string>>(1);
const created = new HandedOn<Contact>(2);
const stale = new HandedOn<ContactReplacement>(6);

interface Answer<T> {
  data?: T | undefined;
  error?: ErrorEnvelope | undefined;
  response: Response;
}

/** What was answered, if it wasn't a refusal. */
function given<T>(answer: Answer<T>): T {
  return present(`status ${answer.response.status}, ${JSON.stringify(answer.error)}: an answer`, answer.data);
}

/** The first error of the refusal. */
function refused(status: number, answer: Answer<unknown>): ErrorReason {
  equal('status', answer.response.status, status);
  const errors = present('an ErrorEnvelope', answer.error).errors;
  equal('errors', errors.length, 1);
  return present('an error', errors[0]);
}

/** A contact's values by label. */
function values(fields: ContactField[] | undefined): Record<string, unknown> {
  const labels = new Map(structure.get().fields.map((field) => [field._id, field.label]));
  return Object.fromEntries(present('fields', fields).map((field) => [labels.get(field._id), field.value]));
}

function newContact(key: string): ContactCreate {
  const { _id, fields } = structure.get();
  const ids = new Map(fields.map((field) => [field.label, field._id]));
  return {
    key,
    contactStructureId: _id,
    fields: Object.entries(VALUES).map(([label, value]) => ({ _id: present(label, ids.get(label)), value })),
    lists: [{ _id: present('Newsletter', lists.get()['Newsletter']), action: 'add' }],
  };
}

const ours = () => ({ client, path: { contactId: created.get()._id } });

await play({
  'reads the structure': async () => {
    const all = given(await listStructures({ client }));
    equal('structures', all.length, 1);
    const first = present('a structure', all[0]);
    equal('label', first.label, 'Default Contacts');
    equal('data types', Object.fromEntries(first.fields.map((field) => [field.label, field.dataType])), TYPES);
    equal('predefined field', first.fields[0]?.predefinedField, 'firstName');
    equal('tags', first.tags?.map((tag) => tag.label), ['VIP']);
    const listed = given(await listAllLists({ client, path: { contactStructureId: first._id } }));
    equal('lists', listed.map((list) => list.name), ['Newsletter', 'Partners']);
    structure.set(first);
    lists.set(Object.fromEntries(listed.map((list) => [list.name, list._id])));
  },

  'creates a contact': async () => {
    const contact = given(await createContact({ client, body: newContact(KEY) }));
    equal('key', contact.key, KEY);
    equal('values', values(contact.fields), VALUES);
    equal('version', contact.__v, 0);
    equal('status', contact.status?.primary, 'Active');
    created.set(contact);
  },

  'gets it back': async () => {
    const contact = given(await getContact(ours()));
    equal('id', contact._id, created.get()._id);
    equal('key', contact.key, KEY);
    equal('values', values(contact.fields), VALUES);
    equal('lists', contact.lists, [{ _id: lists.get()['Newsletter'] }]);
  },

  'unsubscribes it': async () => {
    const body = { status: { primary: 'Inactive', secondary: 'Unsubscribe' } } as const;
    const contact = given(await updateContactStatus({ ...ours(), body }));
    equal('status', contact.status?.primary, 'Inactive');
    equal('reason', contact.status?.secondary, 'Unsubscribe');
  },

  "can't make it active again": async () => {
    const body = { status: { primary: 'Active' } } as const;
    const error = refused(400, await updateContactStatus({ ...ours(), body }));
    equal('errorType', error.errorType, 'ValidationError');
    equal('field', error.field, 'status.primary');
    equal('message', error.message, "An inactive contact can't be made active through the API");
  },

  'replaces it': async () => {
    const contact = given(await getContact(ours()));
    const company = structure.get().fields.find((field) => field.label === 'Company')?._id;
    // The whole contact as it was read: what a replacement leaves out is erased.
    const body: ContactReplacement = {
      ...contact,
      __v: present('the version', contact.__v),
      fields: present('fields', contact.fields).map((field) =>
        field._id === company ? { ...field, value: 'Difference Engines' } : field,
      ),
    };
    const replaced = given(await replaceContact({ ...ours(), body }));
    equal('values', values(replaced.fields), { ...VALUES, Company: 'Difference Engines' });
    equal('lists', replaced.lists, [{ _id: lists.get()['Newsletter'] }]);
    equal('status', replaced.status?.primary, 'Inactive');
    holds('the version grew', present('the version', replaced.__v) > body.__v);
    stale.set(body);
  },

  'is told of a stale version': async () => {
    const error = refused(400, await replaceContact({ ...ours(), body: stale.get() }));
    equal('errorType', error.errorType, 'ConcurrencyError');
  },

  'finds it by key': async () => {
    const byKey = { columnToFilter: 'KEY', operator: 'EQ', values: [KEY] };
    const page = given(
      await searchContacts({
        client,
        body: {
          contactStructureId: structure.get()._id,
          page: 1,
          pageSize: 10,
          source: ['key', 'fields', 'contactStatus'],
          contactSpecification: { filters: [{ criterias: [byKey] }] },
        },
      }),
    );
    equal('total', page.totalRecords, 1);
    equal('rows', page.contacts.map((row) => row._id), [created.get()._id]);
    equal('status', page.contacts[0]?.contactStatus, 'Inactive');
    equal('values', values(page.contacts[0]?.fields), { ...VALUES, Company: 'Difference Engines' });
  },

  'lists all contacts': async () => {
    const all = given(await listContacts({ client }));
    equal('contacts', all.length, 4);
    const ada = all.filter((contact) => contact._id === created.get()._id);
    equal('ours', ada.length, 1);
    equal('seats', values(ada[0]?.fields)['Seats'], 12);
  },

  'works with lists': async () => {
    const all = { client, path: { contactStructureId: structure.get()._id } };
    const conference = given(await createList({ ...all, body: { name: 'Conference' } }));
    equal('name', conference.name, 'Conference');
    const page = async (page: number) => given(await listLists({ ...all, query: { page, size: 2, sort: 'name:asc' } }));
    const first = await page(1);
    equal('total', first.total, 3);
    equal('first page', first.records.map((list) => list.name), ['Conference', 'Newsletter']);
    const second = await page(2);
    equal('second page', second.records.map((list) => list.name), ['Partners']);
    const one = { client, path: { ...all.path, listId: conference._id } };
    const body = { name: 'Conference 2027', __v: present('the version', conference.__v) };
    const renamed = given(await updateList({ ...one, body }));
    equal('new name', renamed.name, 'Conference 2027');
    equal('version', renamed.__v, body.__v + 1);
    equal('deletion', (await deleteList(one)).response.status, 204);
    equal('errorType', refused(404, await getList(one)).errorType, 'RecordNotFound');
  },

  'is told of a duplicate': async () => {
    const error = refused(400, await createContact({ client, body: newContact(KEY) }));
    equal('errorType', error.errorType, 'DuplicateFieldError');
    equal('field', error.field, 'key');
  },

  'is told of a missing scope': async () => {
    const body = newContact('reader@example.com');
    const error = refused(403, await createContact({ client: as(READ_ONLY_API_KEY), body }));
    equal('errorType', error.errorType, 'ForbiddenError');
    equal('message', error.message, 'API key missing required scope: contacts:write');
  },

  'is told of a wrong key': async () => {
    const error = refused(401, await listStructures({ client: as('wrong') }));
    equal('errorType', error.errorType, 'UnauthorizedError');
    equal('message', error.message, 'Invalid API key');
  },

  'is told of an unknown id': async () => {
    const error = refused(404, await getContact({ client, path: { contactId: UNKNOWN_ID } }));
    equal('errorType', error.errorType, 'RecordNotFound');
  },

  'is told when to come back': async () => {
    const { headers } = (await getContact(ours())).response;
    equal('limit', Number(headers.get('X-RateLimit-Limit')), 3600);
    holds('requests are left', Number(headers.get('X-RateLimit-Remaining')) > 0);
    await setHourlyLeft(0);
    const answer = await getContact(ours()).finally(() => setHourlyLeft(3600));
    equal('errorType', refused(429, answer).errorType, 'TooManyRequestsError');
    const wait = Number(answer.response.headers.get('Retry-After'));
    holds('Retry-After is within the hour', wait > 0 && wait <= 3600);
    equal('remaining', answer.response.headers.get('X-RateLimit-Remaining'), '0');
  },

  'deletes it': async () => {
    const deleted = given(await deleteContact(ours()));
    equal('id', deleted._id, created.get()._id);
    equal('key', deleted.key, KEY);
    const error = refused(404, await getContact(ours()));
    equal('errorType', error.errorType, 'RecordNotFound');
  },
});
