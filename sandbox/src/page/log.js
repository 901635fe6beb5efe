// What the API was asked: the list, and one request beside it.
import { hour, hourNeeds } from "./hour.js";
import { button, said } from "./parts.js";
import { h } from "./render.js";
import { act, redraw } from "./store.js";
import { copyable, count, curl, empty, field, many, method, pretty, status, table, took, when } from "./words.js";

/** Rows that are shown at first, and by how many more. */
const STEP = 200;
/** Of a longer body the log keeps so much. */
const LONGEST_BODY = 64 * 1024;

const filter = { text: "", outcome: "all", shown: STEP };
const OUTCOMES = {
  all: () => true,
  good: ({ status }) => status !== null && status < 300,
  refused: ({ status, rule }) => rule !== null || (status >= 400 && status < 500),
  limited: ({ status }) => status === 429,
  faults: ({ fault }) => fault !== null,
};
const NAMES = { all: "all", good: "went well", refused: "refused", limited: "429", faults: "struck by a fault" };

export const log = {
  title: "Log",
  needs: ({ requests }, [number]) => [hourNeeds, ["keys", "/_sandbox/keys"],
    ...(number ? [["request", `/_sandbox/requests/${encodeURIComponent(number)}`, JSON.stringify(requests.get(Number(number)) ?? null)]] : [])],
  show: (state, [number]) => [hour(state),
    h("div", { class: number ? "split chosen" : "split" }, list(state, Number(number)), detail(state, number))],
};

function fits(request) {
  const { method, path, query, operation, key, status, rule, fault } = request;
  const text = [method, path, query, operation, key, status ?? "cut", rule, fault].join(" ").toLowerCase();
  return OUTCOMES[filter.outcome](request) && filter.text.toLowerCase().split(" ").every((word) => text.includes(word));
}

function list(state, chosen) {
  const all = [...state.requests.values()].reverse();
  const found = all.filter(fits);
  const now = state.overview.clock.now;
  const rows = found.slice(0, filter.shown).map((request) => ({
    key: request.number,
    id: `request-${request.number}`,
    class: request.number === chosen ? "chosen" : null,
    onclick: (event) => { if (!event.target.closest("a")) location.hash = `#/log/${request.number}`; },
    cells: [
      when(request.at, now),
      took(request.durationMs),
      status(request.status, request.fault),
      h("a", { href: `#/log/${request.number}`, "aria-current": request.number === chosen ? "true" : null },
        method(request.method), " ", request.operation ?? request.path,
        h("span", { class: "hidden" }, `, request ${request.number}`),
        request.rule ? h("small", { class: "why" }, ` ${request.rule}`) : null,
        request.fault ? h("small", { class: "why bad" }, ` ${request.fault}`) : null),
      request.key ?? "",
    ],
  }));
  return h("section", { class: "panel", "aria-label": "Requests" },
    h("div", { class: "row" },
      field("Filter", h("input", { type: "search", placeholder: "operation, path, status, key", oninput: ({ target }) => { filter.text = target.value; redraw(); } })),
      field("Outcome", h("select", { value: filter.outcome, onchange: ({ target }) => { filter.outcome = target.value; redraw(); } },
        Object.entries(NAMES).map(([value, name]) => h("option", { value }, name)))),
      button(state.paused ? "Go on" : "Pause", () => { state.paused = !state.paused; redraw(); }, { class: state.paused ? "main" : null, "aria-pressed": String(state.paused) }),
      button("Clear", () => act("log", "The log was cleared.", "/_sandbox/requests", "DELETE")),
      said("log")),
    state.paused ? h("p", { class: "note" }, "Paused: new requests are served, and shown when you go on.") : null,
    all.length === 0 ? nothing(state) : found.length === 0 ? empty("No request fits the filter.") : [
      table(`${many(found.length, "request")}${found.length < all.length ? ` of ${count(all.length)}` : ""}, the latest first`,
        ["When", "Took", "Status", "Operation", "Key"], rows),
      found.length > filter.shown ? button(`Show ${STEP} more`, () => { filter.shown += STEP; redraw(); }) : null,
    ]);
}

function nothing({ known }) {
  const key = known.keys?.[0]?.key;
  return empty("Nothing was asked yet. Ask something:", key ? copyable(curl("GET", "/api/contact", key), "Copy") : null,
    h("p", {}, "or try an operation in the ", h("a", { href: "/docs" }, "API reference"), "."));
}

function detail({ overview, known }, number) {
  if (!number) return h("section", { class: "panel detail", "aria-label": "One request" }, h("p", { class: "quiet" }, "Choose a request to see what was sent and answered."));
  const back = h("a", { class: "back", href: "#/log" }, "Back to the log");
  const request = known.request;
  if (request?.number !== Number(number)) {
    return h("section", { class: "panel detail", "aria-label": "One request" }, back, request === null ? empty(`The log has no request ${number}, or not any more.`) : null);
  }
  const target = request.path + (request.query ? `?${request.query}` : "");
  const key = known.keys?.find(({ key }) => request.key && key.endsWith(request.key.slice(1)))?.key;
  const again = () => act("again", "The fault is armed again.", "/_sandbox/faults", "POST", request.struckBy);
  const facts = [
    ["When", when(request.at, overview.clock.now)],
    ["Took", took(request.durationMs) || "no answer yet"],
    ["Operation", request.operation ? h("a", { href: `/docs#${request.operation}` }, request.operation) : "none: no operation has this path and method"],
    ["API key", request.key ?? "none that the account has"],
    ["Left after it", request.hourlyLeft === null ? "" : `${count(request.hourlyLeft)} in the hour`],
  ];
  return h("section", { class: "panel detail", "aria-labelledby": "request-title", "data-aim": true },
    back,
    h("h2", { id: "request-title" }, `Request ${request.number}`),
    h("p", { class: "target" }, method(request.method), " ", h("code", {}, target), " ", status(request.status, request.fault)),
    request.rule ? h("p", { class: "note" }, "Refused by the rule ", h("code", {}, request.rule), ". ", h("a", { href: `#/rules/${request.rule}` }, "Why?")) : null,
    request.fault ? h("p", { class: "note" }, "Struck by the fault ", h("code", {}, request.fault), ". ", button("Arm this fault again", again), said("again")) : null,
    h("dl", {}, facts.filter(([, value]) => value !== "").map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    body("Sent", request.body), body("Answered", request.answer),
    String(request.body).length < LONGEST_BODY ? [h("h3", {}, "As a command"), copyable(curl(request.method, target, key, request.body), "Copy as curl")] : null);
}

function body(title, value) {
  if (value === null) return null;
  return [h("h3", {}, title), h("pre", { tabindex: 0, "aria-label": title, role: "region" }, pretty(value)),
    typeof value === "string" && value.length >= LONGEST_BODY ? h("p", { class: "quiet" }, "The log keeps the first 64 KiB.") : null];
}
