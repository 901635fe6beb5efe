// What the form of an operation is filled in with, so that it works on the account as it is now.
import { ask } from "./ask.js";

const JANE = /^jane\.smith(?:\+(\d+))?@example\.com$/;

/** What the account holds, as far as requests need it. */
export async function holdings() {
  const [structures, lists, newest, janes] = await Promise.all(
    ["structures", "lists", "contacts", "contacts?find=jane.smith"].map(async (path) => (await ask(`/_sandbox/${path}`)).json));
  const structure = structures[0];
  return {
    structure,
    lists: lists.filter((list) => list.contactStructureId === structure._id).reverse(),
    contact: newest.contacts.find((contact) => contact.status.primary === "Active") ?? newest.contacts[0],
    taken: janes.contacts.map(({ key }) => JANE.exec(key)).filter(Boolean).map(([, number]) => Number(number ?? 1)),
  };
}

/** What an operation needs and the account lacks, in words; nothing if it has it all. */
export function lacks({ contact, lists }, { operationId }, path) {
  const needed = ["mergeLists", "deleteLists"].includes(operationId) ? 2 : path.includes("{listId}") ? 1 : 0;
  if (lists.length < needed) return needed === 2 ? "two lists" : "a list";
  return path.includes("{contactId}") && !contact ? "a contact" : undefined;
}

/** The value of a parameter in the path. */
export function parameter({ structure, contact, lists }, name) {
  return { contactStructureId: structure?._id, contactId: contact?._id, listId: lists[0]?._id }[name] ?? "";
}

/** A label that the structure doesn't have yet. */
function free(label, entries) {
  const taken = new Set(entries.map((entry) => entry.label));
  let number = 1;
  const name = () => (number === 1 ? label : `${label} ${number}`);
  while (taken.has(name())) number += 1;
  return name();
}

const only = (object, ...names) => Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]));

/** What takes the place of the document's example, where that can't work on this account as it is. */
const BODIES = {
  createContact(example, { structure, lists, taken }, translate) {
    const key = taken.includes(1) ? `jane.smith+${Math.max(...taken) + 1}@example.com` : "jane.smith@example.com";
    const body = translate({ ...example, key });
    body.fields = body.fields.filter(({ _id }) => structure.fields.some((field) => field._id === _id));
    if (lists.length === 0) delete body.lists;
    return body;
  },
  replaceContact: (example, { contact }) => (contact ? only(contact, "key", "contactStructureId", "fields", "lists", "tags", "__v") : example),
  replaceStructure: (example, { structure }) => ({
    ...only(structure, "label", "keyName", "keyType"),
    fields: [...structure.fields, { label: free("City", structure.fields), dataType: "text", required: false }],
    tags: structure.tags,
    __v: structure.__v,
  }),
  updateList: (example, { lists }) => ({ ...example, __v: lists[0]?.__v ?? 0 }),
  mergeLists: (example, { lists }) => ({ ...example, listIds: lists.slice(0, 2).map(({ _id }) => _id) }),
  deleteLists: (example, { lists }) => ({ ...example, listIds: lists.slice(0, 2).map(({ _id }) => _id) }),
};

export function body(operationId, example, account, translate) {
  return (BODIES[operationId] ?? ((example, account, translate) => translate(example)))(example, account, translate);
}

/** From ids of the document's example account to those of this one: by label, else by kind. */
export function translator(examples, { structure, lists, contact }) {
  const example = examples?.DefaultStructure?.value;
  const pairs = [[example?._id, structure?._id],
    [examples?.Newsletter?.value?._id, lists[0]?._id],
    [examples?.Jane?.value?._id, contact?._id]];
  for (const part of ["fields", "tags"]) {
    for (const { _id, label } of example?.[part] ?? []) pairs.push([_id, structure?.[part].find((known) => known.label === label)?._id]);
  }
  const known = pairs.filter(([from, to]) => from && to);
  const text = (text) => known.reduce((text, [from, to]) => text.replaceAll(from, to), text);
  return { text, value: (value) => JSON.parse(text(JSON.stringify(value))) };
}
