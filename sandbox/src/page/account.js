// The account: how to reach it, what it may, and all of it as a file.
import { button, form, numbers, said } from "./parts.js";
import { h } from "./render.js";
import { act } from "./store.js";
import { copyable, count, field, many, table, when } from "./words.js";

const STANDINGS = { open: "open", "pending-cancel": "pending cancellation", suspended: "suspended", "past-due": "past due", terminated: "terminated" };
const SCOPES = ["contacts:write", "contacts:read"];
const STATES = ["active", "inactive", "expired"];

export const account = {
  title: "Account",
  needs: () => [["keys", "/_sandbox/keys"]],
  show: (state) => h("div", { class: "grid" }, reach(state), keys(state), limits(state), standing(state), contents(state)),
};

const panel = (title, id, ...children) => h("section", { class: "panel", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), children);

function reach({ known }) {
  const key = known.keys?.[0]?.key;
  return panel("How to reach it", "reach",
    h("p", {}, "Base URL: ", h("code", { id: "base-url" }, location.origin)),
    key ? copyable(`export BENCHMARK_EMAIL_BASE_URL=${location.origin}\nexport BENCHMARK_EMAIL_API_KEY=${key}`, "Copy") : null);
}

function keys({ known }) {
  const change = (key, state) => act("keys", `The key …${key.slice(-4)} is ${state}.`, `/_sandbox/keys/${encodeURIComponent(key)}`, "PUT", { state });
  const rows = (known.keys ?? []).map(({ key, scopes, state }) => ({
    key,
    cells: [h("code", {}, key), scopes.join(", "),
      h("select", { "aria-label": `State of the key …${key.slice(-4)}`, value: state, onchange: ({ target }) => change(key, target.value) },
        STATES.map((name) => h("option", { value: name }, name)))],
  }));
  const make = (values) => act("keys", "The key was made.", "/_sandbox/keys", "POST", { scopes: values.getAll("scope") });
  return panel("API keys", "keys",
    table("What each may and whether it works", ["Key", "Scopes", "State"], rows),
    form("A new key", make,
      SCOPES.map((scope) => h("label", { class: "check" }, h("input", { type: "checkbox", name: "scope", value: scope, checked: scope === SCOPES[0] }), scope)),
      h("button", {}, "Make a key"), said("keys")));
}

function limits({ overview }) {
  const { limits, clock } = overview;
  const gauge = (name, left, limit, reset) => [h("dt", {}, name), h("dd", {},
    h("meter", { min: 0, max: limit, value: left, low: limit / 10, "aria-label": `${name}: ${count(left)} of ${count(limit)}` }),
    ` ${count(left)} of ${count(limit)}, all of them again `, when(reset, clock.now))];
  const set = (place, ...names) => async (values, element) => {
    if (await act(place, "It is set.", "/_sandbox/account", "PUT", numbers(values, ...names))) element.reset();
  };
  const number = (name, max, now) => h("input", { name, type: "number", min: 0, max, placeholder: now });
  return panel("Limits", "limits",
    h("dl", {}, gauge("In the hour", limits.hourlyLeft, limits.hourlyLimit, limits.hourlyReset),
      gauge("In the month", limits.monthlyLeft, limits.monthlyLimit, limits.monthlyReset)),
    form("What is left", set("left", "hourlyLeft", "monthlyLeft"),
      field("Left in the hour", number("hourlyLeft", limits.hourlyLimit, limits.hourlyLeft)),
      field("Left in the month", number("monthlyLeft", limits.monthlyLimit, limits.monthlyLeft)),
      h("button", {}, "Set what is left"), said("left")),
    form("The limits", set("limits", "hourlyLimit", "monthlyLimit"),
      field("Limit of an hour", number("hourlyLimit", null, limits.hourlyLimit)),
      field("Quota of a month", number("monthlyLimit", null, limits.monthlyLimit)),
      h("button", {}, "Set the limits"), said("limits")));
}

function standing({ overview }) {
  const good = ["open", "pending-cancel"].includes(overview.standing);
  const set = (values) => act("standing", "The standing was set.", "/_sandbox/account", "PUT", { standing: values.get("standing") });
  const lag = (values) => act("lag", "The lag was set.", "/_sandbox/search", "PUT", { lagMs: Number(values.get("lag")) });
  return panel("Standing and search", "standing",
    h("p", {}, "The account is ", h("strong", { id: "standing", class: good ? "good" : "bad" }, STANDINGS[overview.standing]),
      good ? ": requests are served." : ": each request is refused with 403."),
    form("Standing", set,
      field("Standing", h("select", { name: "standing", value: overview.standing }, Object.entries(STANDINGS).map(([value, name]) => h("option", { value }, name)))),
      h("button", {}, "Set the standing"), said("standing")),
    h("p", {}, overview.searchLagMs ? `Searches and exports see a change ${count(overview.searchLagMs)} ms later.` : "Searches and exports see a change at once."),
    form("Search lag", lag,
      field("Lag in ms", h("input", { name: "lag", type: "number", min: 0, required: true, value: overview.searchLagMs })),
      h("button", {}, "Set the lag"), said("lag")));
}

function contents({ overview }) {
  const reset = () => confirm("Everything in the account goes. Reset it?") && act("all", "The account was reset.", "/_sandbox/reset", "POST");
  const generate = (values) => act("generate", `${count(Number(values.get("generate")))} contacts were generated.`, "/_sandbox/contacts", "POST", { generate: Number(values.get("generate")) });
  const load = async ({ target }) => {
    const [file] = target.files;
    if (file) await act("all", `The account is that of ${file.name}.`, "/_sandbox/state", "PUT", await file.text());
    target.value = "";
  };
  return panel("What it holds", "contents",
    h("p", {}, `${many(overview.contacts, "contact")}, ${many(overview.lists, "list")}, ${many(overview.structures, "structure")}.`),
    form("Generate contacts", generate,
      field("Contacts", h("input", { name: "generate", type: "number", min: 1, max: 1_000_000, value: 100, required: true })),
      h("button", {}, "Generate"), said("generate")),
    h("div", { class: "row" },
      h("a", { class: "button", href: "/_sandbox/state", download: "sandbox.json" }, "Save a snapshot"),
      h("label", { class: "button" }, "Load a snapshot", h("input", { type: "file", class: "hidden", accept: "application/json,.json", onchange: load })),
      button("Reset the account", reset, { class: "danger" }), said("all")));
}
