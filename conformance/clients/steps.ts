// The scenario of README.md, written once for every client in TypeScript. A client's folder has `scenario.ts`,
// which says how one asks with that client: a function for each operation that the steps need. They speak as the
// wire does; a client that names things otherwise translates.

import {
  API_KEY,
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
} from './frame';

// What the steps look at. Aliases, not interfaces, since generated types may have an index signature.
export type Field = { _id: string; value?: unknown };
export type Status = { primary: string; secondary?: string | undefined };
export type Contact = {
  _id: string;
  key: string;
  fields?: Field[] | undefined;
  status?: Status | undefined;
  lists?: unknown[] | undefined;
  __v?: number | undefined;
};
export type Structure = {
  _id: string;
  label: string;
  fields: { _id: string; label: string; dataType: string; predefinedField?: string | undefined }[];
  tags?: { label: string }[] | undefined;
};
export type List = { _id: string; name: string; __v?: number | undefined };
export type ListPage = { records: List[]; total: number };
export type Row = { _id: string; fields?: Field[] | undefined; contactStatus?: string | undefined };
export type EventPage = { records: { type?: string | undefined }[]; total: number };
export type Reason = { errorType: string; message: string; field?: string | undefined };
export type Envelope = { errors: Reason[] };

// What the steps send.
export type NewContact = {
  key: string;
  contactStructureId: string;
  fields: { _id: string; value: unknown }[];
  lists: { _id: string; action: string }[];
};
export type StatusChange = { primary: 'Active' | 'Inactive'; secondary?: 'Unsubscribe' };
export type Column = '_id' | 'key' | 'fields' | 'contactStatus';
export type Export = {
  contactStructureId: string;
  source: [Column, ...Column[]];
  contactSpecification: { filters: { criterias: { columnToFilter: string; operator: string; values: unknown[] }[] }[] };
};
export type Search = Export & { page: number; pageSize: number };

/** An answer or a refusal: `data` or `error`, both decoded by the client. */
export type Answer<T> = {
  status: number;
  headers: { get(name: string): unknown };
  data?: T | undefined;
  error?: Envelope | undefined;
};

export interface Client<C extends Contact> {
  listStructures(): Promise<Answer<Structure[]>>;
  createContact(contact: NewContact): Promise<Answer<C>>;
  getContact(id: string): Promise<Answer<C>>;
  updateContactStatus(id: string, status: StatusChange): Promise<Answer<C>>;
  /** Sends back all that was read, with these fields: what a replacement leaves out is erased. */
  replaceContact(read: C, fields: Field[]): Promise<Answer<C>>;
  deleteContact(id: string): Promise<Answer<C>>;
  listContacts(): Promise<Answer<C[]>>;
  searchContacts(search: Search): Promise<Answer<{ contacts: Row[]; totalRecords: number }>>;
  exportContacts(what: Export): Promise<Answer<string>>;
  listContactEvents(id: string, types: ('contact-created' | 'contact-unsubscribed')[]): Promise<Answer<EventPage>>;
  listAllLists(structure: string): Promise<Answer<List[]>>;
  listLists(structure: string, page: { page: number; size: number; sort: string }): Promise<Answer<ListPage>>;
  createList(structure: string, list: { name: string }): Promise<Answer<List>>;
  getList(structure: string, id: string): Promise<Answer<List>>;
  updateList(structure: string, id: string, list: { name: string; __v: number }): Promise<Answer<List>>;
  deleteList(structure: string, id: string): Promise<Answer<unknown>>;
}

/** What was answered, if it wasn't a refusal. */
function given<T>({ status, data, error }: Answer<T>): T {
  return present(`status ${status}, ${JSON.stringify(error)}: an answer`, data);
}

/** The first error of the refusal. */
function refused(status: number, answer: Answer<unknown>): Reason {
  equal('status', answer.status, status);
  const { errors } = present('an ErrorEnvelope', answer.error);
  equal('errors', errors.length, 1);
  return present('an error', errors[0]);
}

/** Plays it with the client that `connect` makes for a key. */
export async function scenario<C extends Contact>(name: string, connect: (key: string) => Client<C>): Promise<void> {
  const KEY = `Ada.Lovelace+${name}@example.com`;
  const ours = connect(API_KEY);
  const structure = new HandedOn<Structure>(1);
  const lists = new HandedOn<Record<string, string>>(1);
  const created = new HandedOn<C>(2);
  const stale = new HandedOn<C>(6);
  const id = () => created.get()._id;

  /** A contact's values by label. */
  const values = (fields: Field[] | undefined): Record<string, unknown> => {
    const labels = new Map(structure.get().fields.map((field) => [field._id, field.label]));
    return Object.fromEntries(present('fields', fields).map((field) => [labels.get(field._id), field.value]));
  };
  const newContact = (key: string): NewContact => {
    const { _id, fields } = structure.get();
    const ids = new Map(fields.map((field) => [field.label, field._id]));
    return {
      key,
      contactStructureId: _id,
      fields: Object.entries(VALUES).map(([label, value]) => ({ _id: present(label, ids.get(label)), value })),
      lists: [{ _id: present('Newsletter', lists.get()['Newsletter']), action: 'add' }],
    };
  };
  /** The fields that were read, Company with another value. */
  const moved = (read: C): Field[] => {
    const company = structure.get().fields.find((field) => field.label === 'Company')?._id;
    const change = (field: Field) => (field._id === company ? { ...field, value: 'Difference Engines' } : field);
    return present('fields', read.fields).map(change);
  };
  const byKey = () => ({
    contactStructureId: structure.get()._id,
    contactSpecification: {
      filters: [{ criterias: [{ columnToFilter: 'KEY', operator: 'EQ', values: [KEY] }] }],
    },
  });

  await play({
    'reads the structure': async () => {
      const all = given(await ours.listStructures());
      equal('structures', all.length, 1);
      const first = present('a structure', all[0]);
      equal('label', first.label, 'Default Contacts');
      equal('data types', Object.fromEntries(first.fields.map((field) => [field.label, field.dataType])), TYPES);
      equal('predefined field', first.fields[0]?.predefinedField, 'firstName');
      equal('tags', first.tags?.map((tag) => tag.label), ['VIP']);
      const listed = given(await ours.listAllLists(first._id));
      equal('lists', listed.map((list) => list.name), ['Newsletter', 'Partners']);
      structure.set(first);
      lists.set(Object.fromEntries(listed.map((list) => [list.name, list._id])));
    },

    'creates a contact': async () => {
      const contact = given(await ours.createContact(newContact(KEY)));
      equal('key', contact.key, KEY);
      equal('values', values(contact.fields), VALUES);
      equal('version', contact.__v, 0);
      equal('status', contact.status?.primary, 'Active');
      created.set(contact);
    },

    'gets it back': async () => {
      const contact = given(await ours.getContact(id()));
      equal('id', contact._id, id());
      equal('key', contact.key, KEY);
      equal('values', values(contact.fields), VALUES);
      equal('lists', contact.lists, [{ _id: lists.get()['Newsletter'] }]);
    },

    'unsubscribes it': async () => {
      const status = { primary: 'Inactive', secondary: 'Unsubscribe' } as const;
      const contact = given(await ours.updateContactStatus(id(), status));
      equal('status', contact.status?.primary, 'Inactive');
      equal('reason', contact.status?.secondary, 'Unsubscribe');
    },

    "can't make it active again": async () => {
      const error = refused(400, await ours.updateContactStatus(id(), { primary: 'Active' }));
      equal('errorType', error.errorType, 'ValidationError');
      equal('field', error.field, 'status.primary');
      equal('message', error.message, "An inactive contact can't be made active through the API");
    },

    'replaces it': async () => {
      const read = given(await ours.getContact(id()));
      const replaced = given(await ours.replaceContact(read, moved(read)));
      equal('values', values(replaced.fields), { ...VALUES, Company: 'Difference Engines' });
      equal('lists', replaced.lists, [{ _id: lists.get()['Newsletter'] }]);
      equal('status', replaced.status?.primary, 'Inactive');
      holds('the version grew', present('the version', replaced.__v) > present('the version read', read.__v));
      stale.set(read);
    },

    'is told of a stale version': async () => {
      const error = refused(400, await ours.replaceContact(stale.get(), moved(stale.get())));
      equal('errorType', error.errorType, 'ConcurrencyError');
    },

    'finds it by key': async () => {
      const search: Search = { ...byKey(), page: 1, pageSize: 10, source: ['key', 'fields', 'contactStatus'] };
      const page = given(await ours.searchContacts(search));
      equal('total', page.totalRecords, 1);
      equal('rows', page.contacts.map((row) => row._id), [id()]);
      equal('status', page.contacts[0]?.contactStatus, 'Inactive');
      equal('values', values(page.contacts[0]?.fields), { ...VALUES, Company: 'Difference Engines' });
    },

    'lists all contacts': async () => {
      const all = given(await ours.listContacts());
      equal('contacts', all.length, 4);
      const ada = all.filter((contact) => contact._id === id());
      equal('ours', ada.length, 1);
      equal('seats', values(ada[0]?.fields)['Seats'], 12);
    },

    'works with lists': async () => {
      const { _id } = structure.get();
      const conference = given(await ours.createList(_id, { name: 'Conference' }));
      equal('name', conference.name, 'Conference');
      const page = async (page: number) => given(await ours.listLists(_id, { page, size: 2, sort: 'name:asc' }));
      const first = await page(1);
      equal('total', first.total, 3);
      equal('first page', first.records.map((list) => list.name), ['Conference', 'Newsletter']);
      equal('second page', (await page(2)).records.map((list) => list.name), ['Partners']);
      const version = present('the version', conference.__v);
      const renamed = given(await ours.updateList(_id, conference._id, { name: 'Conference 2027', __v: version }));
      equal('new name', renamed.name, 'Conference 2027');
      equal('version', renamed.__v, version + 1);
      equal('deletion', (await ours.deleteList(_id, conference._id)).status, 204);
      equal('errorType', refused(404, await ours.getList(_id, conference._id)).errorType, 'RecordNotFound');
    },

    'is told of a duplicate': async () => {
      const error = refused(400, await ours.createContact(newContact(KEY)));
      equal('errorType', error.errorType, 'DuplicateFieldError');
      equal('field', error.field, 'key');
    },

    'is told of a missing scope': async () => {
      const reader = connect(READ_ONLY_API_KEY);
      const error = refused(403, await reader.createContact(newContact('reader@example.com')));
      equal('errorType', error.errorType, 'ForbiddenError');
      equal('message', error.message, 'API key missing required scope: contacts:write');
    },

    'is told of a wrong key': async () => {
      const error = refused(401, await connect('wrong').listStructures());
      equal('errorType', error.errorType, 'UnauthorizedError');
      equal('message', error.message, 'Invalid API key');
    },

    'is told of an unknown id': async () => {
      equal('errorType', refused(404, await ours.getContact(UNKNOWN_ID)).errorType, 'RecordNotFound');
    },

    'is told when to come back': async () => {
      const { headers } = await ours.getContact(id());
      equal('limit', Number(headers.get('X-RateLimit-Limit')), 3600);
      holds('requests are left', Number(headers.get('X-RateLimit-Remaining')) > 0);
      await setHourlyLeft(0);
      const answer = await ours.getContact(id()).finally(() => setHourlyLeft(3600));
      equal('errorType', refused(429, answer).errorType, 'TooManyRequestsError');
      const wait = Number(answer.headers.get('Retry-After'));
      holds('Retry-After is within the hour', wait > 0 && wait <= 3600);
      equal('remaining', answer.headers.get('X-RateLimit-Remaining'), '0');
    },

    'exports it': async () => {
      const csv = given(await ours.exportContacts({ ...byKey(), source: ['_id', 'key'] }));
      equal('CSV', csv, `_id,key\r\n${id()},${KEY}\r\n`);
    },

    'reads its events of two types': async () => {
      const page = given(await ours.listContactEvents(id(), ['contact-created', 'contact-unsubscribed']));
      equal('types', page.records.map((event) => event.type), ['contact-unsubscribed', 'contact-created']);
      equal('total', page.total, 2);
    },

    'deletes it': async () => {
      const deleted = given(await ours.deleteContact(id()));
      equal('id', deleted._id, id());
      equal('key', deleted.key, KEY);
      equal('errorType', refused(404, await ours.getContact(id())).errorType, 'RecordNotFound');
    },
  });
}
