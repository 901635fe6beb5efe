// What differs between two versions of a contact.
import { h } from "./render.js";
import { pretty, table } from "./words.js";

/** The names of fields, tags and lists by id. */
export function labels({ structures, lists }) {
  const parts = (structures ?? []).flatMap(({ fields, tags }) => [...fields, ...tags]);
  return new Map([...parts.map(({ _id, label }) => [_id, label]), ...(lists ?? []).map(({ _id, name }) => [_id, name])]);
}

/** A contact as texts by name. */
function flat(contact, names) {
  const { fields, lists, tags, status, _id, __v, createdAt, updatedAt, contactStructureId, ...rest } = contact;
  const called = (entries) => entries.map(({ _id }) => names.get(_id) ?? _id).sort().join(", ");
  return new Map([
    ["status", [status.primary, status.secondary].filter(Boolean).join(", ")],
    ...Object.entries(rest).map(([name, value]) => [name, pretty(value)]),
    ...fields.map((field) => [names.get(field._id) ?? field._id, pretty(field.value)]),
    ["lists", called(lists)],
    ["tags", called(tags)],
  ]);
}

/** The properties that are other ones, before and after; what is new or gone is named so. */
export function difference(before, after, names) {
  const [old, now] = [flat(before, names), flat(after, names)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((name) => (old.get(name) ?? "") !== (now.get(name) ?? ""));
  if (changed.length === 0) return h("p", { class: "quiet" }, "Nothing but version and time differs.");
  const rows = changed.map((name) => ({
    key: name,
    cells: [name,
      old.get(name) ? h("del", {}, old.get(name)) : h("span", { class: "quiet" }, "nothing"),
      now.get(name) ? h("ins", {}, now.get(name)) : h("span", { class: "quiet" }, "nothing")],
  }));
  return table(`What differs between version ${before.__v} and ${after.__v}`, ["Property", "Before", "After"], rows);
}
