// The contacts: found, paged, and one of them beside them with what happened to it.
import { button, form, said } from "./parts.js";
import { h } from "./render.js";
import { act, look } from "./store.js";
import { copyable, count, curl, empty, field, many, table, when } from "./words.js";
import { difference, labels } from "./versions.js";

const REASONS = ["Unsubscribe", "Bounce", "Complaint-FBL"];

let find = "";
let page = 1;
/** The versions that are compared: by contact, as their places among its versions. */
let compared = {};

const list = () => `/_sandbox/contacts?find=${encodeURIComponent(find)}&page=${page}`;

export const contacts = {
  title: "Contacts",
  needs: ({ overview }, [id]) => {
    const edition = overview.revision.account;
    return [["contacts", list(), edition], ["structures", "/_sandbox/structures", edition], ["lists", "/_sandbox/lists", edition], ["keys", "/_sandbox/keys"],
      ...(id ? [["contact", `/_sandbox/contacts/${encodeURIComponent(id)}`, edition]] : [])];
  },
  show: (state, [id]) => h("div", { class: id ? "split chosen" : "split" }, found(state, id), detail(state, id)),
};

export const state = ({ status }) => [status.primary, status.secondary].filter(Boolean).join(", ");

/** Shows that page, or the last one where the account has become shorter. */
function turn(to) {
  page = to;
  return look();
}

function found({ overview, known }, chosen) {
  if (!known.contacts) return h("section", { class: "panel", "aria-label": "Contacts" }, "Looking…");
  const { total, pageSize, contacts } = known.contacts;
  const last = Math.max(1, Math.ceil(total / pageSize));
  if (page > last) turn(last);
  const names = labels(known);
  const rows = contacts.map((contact) => ({
    key: contact._id,
    class: contact._id === chosen ? "chosen" : null,
    onclick: (event) => { if (!event.target.closest("a")) location.hash = `#/contacts/${contact._id}`; },
    cells: [
      h("a", { href: `#/contacts/${contact._id}`, "aria-current": contact._id === chosen ? "true" : null }, contact.key),
      h("span", { class: contact.status.primary === "Active" ? null : "warn" }, state(contact)),
      contact.fields.map(({ _id, value }) => `${names.get(_id) ?? _id}: ${value}`).join("; "),
      [...contact.lists, ...contact.tags].map(({ _id }) => names.get(_id) ?? _id).join(", "),
    ],
  }));
  const leaf = (text, to) => button(text, () => { if (to >= 1 && to <= last) turn(to); }, { "aria-disabled": to < 1 || to > last ? "true" : null });
  const generate = () => act("contacts", "100 contacts were generated.", "/_sandbox/contacts", "POST", { generate: 100 });
  return h("section", { class: "panel", "aria-label": "Contacts" },
    form("Find", (values) => { find = values.get("find"); turn(1); },
      field("Find in keys and values", h("input", { name: "find", type: "search" })), h("button", {}, "Find"), said("contacts")),
    total > 0 ? [table(`${many(total, "contact")}, page ${count(page)} of ${count(last)}, newest first`, ["Key", "Status", "Fields", "Lists and tags"], rows),
      h("div", { class: "row" }, leaf("Previous page", page - 1), leaf("Next page", page + 1))]
      : find ? empty(`No key or value has “${find}” in it.`)
        : empty("There are no contacts yet.", button("Generate 100", generate, { class: "main" }), h("p", {}, "or create one:"), create(overview, known)));
}

function create(overview, known) {
  const [key, structure] = [known.keys?.[0]?.key, known.structures?.[0]?._id];
  return key && structure ? copyable(curl("POST", "/api/contact", key, { key: "jane@example.com", contactStructureId: structure }), "Copy") : null;
}

function detail({ overview, known }, id) {
  const label = { class: "panel detail", "aria-label": "One contact", "data-aim": Boolean(id) };
  if (!id) return h("section", label, h("p", { class: "quiet" }, "Choose a contact to see its versions and what happened to it."));
  const back = h("a", { class: "back", href: "#/contacts" }, "Back to the contacts");
  const shown = known.contact;
  const last = shown?.versions.at(-1);
  if (last?._id !== id) return h("section", label, back, shown === null ? empty(`The account has no contact ${id}, and remembers none.`) : null);
  const { contact, versions, events } = shown;
  const names = labels(known);
  const now = overview.clock.now;
  const deactivate = (values) => act("status", "The status was set.", `/_sandbox/contacts/${id}/status`, "PUT", { secondary: values.get("secondary") });
  return h("section", label,
    back,
    h("h2", {}, last.key),
    contact ? null : h("p", { class: "note" }, "It was deleted. This is what it was."),
    h("dl", {}, [["Id", h("code", {}, id)], ["Status", state(last)], ["Version", last.__v], ["Created", when(last.createdAt, now)], ["Updated", when(last.updatedAt, now)],
      ...last.fields.map(({ _id, value }) => [names.get(_id) ?? _id, String(value)]),
      ["Lists", last.lists.map(({ _id }) => names.get(_id) ?? _id).join(", ")], ["Tags", last.tags.map(({ _id }) => names.get(_id) ?? _id).join(", ")]]
      .filter(([, value]) => value !== "").map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    contact ? form("Status", deactivate,
      field("Make it inactive, as only the service can", h("select", { name: "secondary" }, REASONS.map((reason) => h("option", {}, reason)))),
      h("button", {}, "Set"), said("status")) : null,
    compare(id, versions, names, now),
    h("h3", {}, "What happened"),
    events.length ? h("ol", { class: "timeline" }, events.map((event) => h("li", { key: `${event.timestamp} ${event.type}` }, when(event.timestamp, now), " ", h("strong", {}, event.type), ` by ${event.source}`)))
      : h("p", { class: "quiet" }, "No event of it is kept."));
}

function compare(id, versions, names, now) {
  const last = versions.length - 1;
  if (last === 0) return [h("h3", {}, "Versions"), h("p", { class: "quiet" }, "It hasn't changed since the sandbox knows it.")];
  const [from, to] = compared[id] ?? [last - 1, last];
  const choose = (label, value, set) => field(label, h("select", { value, onchange: ({ target }) => { compared = { [id]: set(Number(target.value)) }; look(); } },
    versions.map((version, place) => h("option", { value: place }, `${version.__v} (${version.updatedAt.slice(0, 19).replace("T", " ")})`))));
  return [h("h3", {}, "Versions"),
    h("div", { class: "row" },
      choose("From version", from, (place) => [place, to]),
      choose("to version", to, (place) => [from, place])),
    difference(versions[from], versions[to], names)];
}
