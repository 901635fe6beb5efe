// The page at `/`: shows the account, the log and the switches, and asks again every second.
import { ask, el, pretty, table } from "./element.js";

const EVERY_MS = 1000;
const SHOWN_REQUESTS = 200;

const at = (id) => document.getElementById(id);
const say = (text) => { at("said").textContent = text; };

/** Does what a form or button asks, looks again, and says how it went. */
async function change(what, path, method, body) {
  const { status, json } = await ask(path, method, body);
  await look();
  say(status < 300 ? what : `That failed: ${json?.errors?.[0]?.message ?? status}`);
}

function onSubmit(id, act) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act(new FormData(event.target));
  });
}

function showAccount({ contacts, structures, lists, standing, limits, clock }) {
  const gauge = (left, limit, resets) => [
    el("meter", { min: 0, max: limit, value: left, low: limit / 10, ariaLabel: `${left} of ${limit} left` }),
    ` ${left} of ${limit}, until ${resets}`,
  ];
  const facts = [
    ["Base URL", el("code", {}, location.origin)],
    ["Holds", `${contacts} contacts, ${lists} lists, ${structures} structures`],
    ["Standing", standing],
    ["Left in the hour", gauge(limits.hourlyLeft, limits.hourlyLimit, limits.hourlyReset)],
    ["Left in the month", gauge(limits.monthlyLeft, limits.monthlyLimit, limits.monthlyReset)],
  ];
  at("account").replaceChildren(...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  at("clock").textContent = `${clock.now}, ${clock.stopped ? "standing still" : "running"}`;
  at("clock-switch").textContent = clock.stopped ? "Let it run" : "Stop";
  at("clock-switch").onclick = () => change("The clock was switched.", "/_sandbox/clock", "POST", { stopped: !clock.stopped });
}

async function showKeys() {
  const { json } = await ask("/_sandbox/keys");
  at("keys").replaceChildren(table("API keys", ["Key", "Scopes", "State"],
    json.map((key) => [el("code", {}, key.key), key.scopes.join(", "), key.state])));
}

let find = "";
let page = 1;
let labels = new Map();
let names = new Map();

async function showContacts() {
  const { json } = await ask(`/_sandbox/contacts?find=${encodeURIComponent(find)}&page=${page}`);
  const value = (field) => `${labels.get(field._id) ?? field._id}: ${field.value}`;
  const rows = json.contacts.map((contact) => [
    el("details", {}, el("summary", {}, contact.key), el("pre", {}, pretty(contact))),
    [contact.status.primary, contact.status.secondary].filter(Boolean).join(", "),
    contact.fields.map(value).join("; "),
    contact.lists.map(({ _id }) => names.get(_id) ?? _id).join(", "),
    contact.tags.map(({ _id }) => labels.get(_id) ?? _id).join(", "),
  ]);
  const last = Math.max(1, Math.ceil(json.total / json.pageSize));
  const turn = (text, to) => el("button", { type: "button", disabled: to < 1 || to > last, onclick: () => { page = to; showContacts(); } }, text);
  at("contacts").replaceChildren(
    table(`${json.total} contacts, page ${page} of ${last}, newest first`, ["Key", "Status", "Fields", "Lists", "Tags"], rows),
    el("div", { className: "row" }, turn("Previous page", page - 1), turn("Next page", page + 1)));
}

async function showLists() {
  const { json } = await ask("/_sandbox/lists");
  names = new Map(json.map((list) => [list._id, list.name]));
  at("lists").replaceChildren(table(`${json.length} lists`, ["Name", "Contacts", "Id"],
    json.map((list) => [list.name, String(list.totalContacts), el("code", {}, list._id)])));
}

async function showStructures() {
  const { json } = await ask("/_sandbox/structures");
  labels = new Map(json.flatMap(({ fields, tags }) => [...fields, ...tags]).map(({ _id, label }) => [_id, label]));
  at("structures").replaceChildren(...json.map((structure) => el("div", {},
    el("h3", {}, structure.label, " ", el("code", {}, structure._id)),
    table("Fields", ["Label", "Data type", "Id"], structure.fields.map((field) => [field.label, field.dataType, el("code", {}, field._id)])),
    table("Tags", ["Label", "Id"], structure.tags.map((tag) => [tag.label, el("code", {}, tag._id)])))));
}

async function showFaults() {
  const { json } = await ask("/_sandbox/faults");
  const rows = json.map(({ id, struck, fault, ...rest }) => [
    fault, Object.entries(rest).map(([name, value]) => `${name} ${pretty(value)}`).join(", "), `${struck} times`,
    el("button", { type: "button", onclick: () => change("The fault was cleared.", `/_sandbox/faults/${id}`, "DELETE") }, `Clear fault ${id}`),
  ]);
  at("faults").replaceChildren(rows.length ? table("Armed faults", ["Fault", "When", "Struck", ""], rows) : el("p", { className: "quiet" }, "No fault is armed."));
}

async function showRules() {
  const { json } = await ask("/_sandbox/rules");
  const choice = (rule) => rule.readings.length === 0 ? "" : el("select", {
    ariaLabel: `Reading of ${rule.name}`,
    onchange: (event) => change(`${rule.name} is read as ${event.target.value}.`, `/_sandbox/rules/${rule.name}`, "PUT", { reading: event.target.value }),
  }, rule.readings.map((reading) => el("option", { selected: reading === rule.reading }, reading)));
  const documented = json.filter((rule) => rule.mark === "documented").length;
  at("rules").replaceChildren(table(`${json.length} rules, ${documented} of them documented`, ["Rule", "What it says", "Mark", "Source", "Reading"],
    json.map((rule) => [el("code", {}, rule.name), rule.says, el("span", { className: `mark ${rule.mark === "assumed" ? "warn" : "good"}` }, rule.mark), rule.source, choice(rule)])));
}

function requestRow(request) {
  const status = request.status === null ? "none" : String(request.status);
  const tone = request.status !== null && request.status < 300 ? "good" : "bad";
  const why = [request.rule && `rule ${request.rule}`, request.fault && `fault ${request.fault}`].filter(Boolean).join(", ");
  const body = (title, value) => value === null ? null : [el("h3", {}, title), el("pre", {}, pretty(value))];
  return el("tr", { id: `request-${request.number}` },
    el("td", {}, String(request.number)),
    el("td", {}, el("details", {},
      el("summary", {}, el("span", { className: "method" }, request.method), ` ${request.path}${request.query ? `?${request.query}` : ""}`),
      el("p", { className: "quiet" }, request.at), body("Sent", request.body), body("Answered", request.answer))),
    el("td", {}, request.operation ?? "none"),
    el("td", {}, el("span", { className: tone }, status), why ? ` (${why})` : ""),
    el("td", {}, request.key ?? ""));
}

let lastSeen = 0;
const unanswered = new Set();

/** Adds new requests on top, and shows again those that had no answer yet. */
async function showRequests() {
  if (at("pause").getAttribute("aria-pressed") === "true") return;
  const since = Math.min(lastSeen, ...[...unanswered].map((number) => number - 1));
  const { json } = await ask(`/_sandbox/requests?after=${since}`);
  for (const request of json) {
    const row = at(`request-${request.number}`);
    if (row && (!unanswered.has(request.number) || request.status === null)) continue;
    if (row) row.replaceWith(requestRow(request));
    else at("requests").prepend(requestRow(request));
    if (request.status === null && request.number > lastSeen - SHOWN_REQUESTS) unanswered.add(request.number);
    else unanswered.delete(request.number);
    lastSeen = Math.max(lastSeen, request.number);
  }
  while (at("requests").childElementCount > SHOWN_REQUESTS) at("requests").lastElementChild.remove();
  return json.length > 0;
}

/** Everything that can change behind the page's back. Open details are left alone while nothing changed. */
let before = "";
async function look() {
  const { json } = await ask("/_sandbox");
  showAccount(json);
  await showRequests();
  await showFaults();
  const now = JSON.stringify([json.contacts, json.lists, json.structures, lastSeen]);
  if (now !== before) {
    before = now;
    await showStructures();
    await showLists();
    await showContacts();
  }
}

onSubmit("budget-form", (form) => change("The budget was set.", "/_sandbox/account", "PUT", { hourlyLeft: Number(form.get("hourlyLeft")) }));
onSubmit("standing-form", (form) => change("The standing was set.", "/_sandbox/account", "PUT", { standing: form.get("standing") }));
onSubmit("clock-form", (form) => change("The clock was advanced.", "/_sandbox/clock", "POST", { advanceSeconds: Number(form.get("seconds")) }));
onSubmit("generate-form", (form) => change("Contacts were generated.", "/_sandbox/contacts", "POST", { generate: Number(form.get("generate")) }));
onSubmit("find-form", (form) => { find = form.get("find"); page = 1; showContacts(); });
onSubmit("fault-form", (form) => {
  const fault = { fault: form.get("fault") };
  if (["status", "html"].includes(fault.fault)) fault.status = Number(form.get("status"));
  if (form.get("operation")) fault.operation = form.get("operation");
  for (const name of ["times", "delayMs"]) if (form.get(name)) fault[name] = Number(form.get(name));
  change("The fault is armed.", "/_sandbox/faults", "POST", fault);
});
at("clear-faults").onclick = () => change("All faults were cleared.", "/_sandbox/faults", "DELETE");
at("clear-requests").onclick = async () => {
  at("requests").replaceChildren();
  unanswered.clear();
  await change("The log was cleared.", "/_sandbox/requests", "DELETE");
};
at("pause").onclick = () => {
  const paused = at("pause").getAttribute("aria-pressed") !== "true";
  at("pause").setAttribute("aria-pressed", String(paused));
};
at("reset").onclick = async () => {
  if (!confirm("Everything in the account goes. Reset it?")) return;
  at("requests").replaceChildren();
  unanswered.clear();
  await change("The account was reset.", "/_sandbox/reset", "POST");
  await showRules();
};

async function operations() {
  const { json } = await ask("/openapi.json");
  const ids = Object.values(json.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId)).filter(Boolean);
  document.querySelector("#fault-form [name=operation]").append(...ids.map((id) => el("option", {}, id)));
}

async function forever() {
  try {
    await look();
    if (at("said").textContent === "The sandbox doesn't answer.") say("");
  } catch {
    say("The sandbox doesn't answer.");
  }
  setTimeout(forever, EVERY_MS);
}

await Promise.all([operations(), showKeys(), showRules()]);
forever();
