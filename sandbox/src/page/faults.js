// What is to go wrong: a form for each fault with all that it can be told, and those that are armed.
import { button, form, numbers, said } from "./parts.js";
import { h } from "./render.js";
import { act, redraw } from "./store.js";
import { empty, field, many, pretty, table } from "./words.js";

/** What each does, what it can be told beside when it strikes, and whether it needs a delay. */
const FAULTS = {
  status: { does: "Answers with a status of your choice; nothing is done.", takes: ["status", "body", "headers"] },
  html: { does: "Answers with a proxy's HTML page; nothing is done.", takes: ["status"] },
  delay: { does: "Answers as usual, but later.", takes: [], late: true },
  "close-before-answer": { does: "Closes the connection; nothing is done.", takes: [] },
  "reset-before-answer": { does: "Resets the connection; nothing is done.", takes: [] },
  "stall-before-answer": { does: "Never answers; nothing is done.", takes: [] },
  "drop-after-commit": { does: "Does it, and closes the connection without an answer.", takes: [] },
  "reset-after-commit": { does: "Does it, and resets the connection without an answer.", takes: [] },
  "stall-after-commit": { does: "Does it, and never answers.", takes: [] },
  "commit-late": { does: "Closes the connection at once, and does it after the delay, by the sandbox's clock.", takes: [], late: true },
  "close-mid-body": { does: "Does it, sends half of the answer and closes.", takes: [] },
  "reset-mid-body": { does: "Does it, sends half of the answer and resets.", takes: [] },
  "stall-mid-body": { does: "Does it, sends half of the answer and no more.", takes: [] },
  "truncated-json": { does: "Does it; half of the JSON in a complete message.", takes: [] },
  "content-type": { does: "Does it; the answer comes under another content type.", takes: ["contentType"] },
  headers: { does: "Does it; headers of the answer are set, or taken away.", takes: ["headers"] },
  "stale-limits": { does: "Does it; the limit headers are those of the moment when it was armed.", takes: [] },
};
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

let chosen = "status";

export const faults = {
  title: "Faults",
  needs: ({ known }) => (known.document ? [] : [["document", "/openapi.json", "once"]]),
  show: ({ known }) => [arm(known), armed(known.armed ?? [])],
};

function operations(document) {
  const all = Object.values(document?.paths ?? {}).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
  return all.filter(Boolean);
}

/** What the form says, as the sandbox takes it. */
function read(values) {
  const { takes } = FAULTS[chosen];
  const fault = { fault: chosen, ...numbers(values, "status", "nth", "times", "probability", "seed", "delayMs") };
  for (const name of ["operation", "method", "contentType"]) if (values.get(name)) fault[name] = values.get(name);
  if (takes.includes("body") && values.get("body")) {
    try { fault.body = JSON.parse(values.get("body")); } catch { fault.body = values.get("body"); }
  }
  const lines = takes.includes("headers") ? values.get("headers").split("\n").filter((line) => line.trim()) : [];
  if (lines.length) {
    fault.headers = Object.fromEntries(lines.map((line) => {
      const [name, ...value] = line.split(":");
      return [name.trim(), value.join(":").trim() || null];
    }));
  }
  return fault;
}

function arm({ document }) {
  const { does, takes, late } = FAULTS[chosen];
  const number = (name, properties) => h("input", { name, type: "number", min: 1, ...properties });
  const parts = {
    status: () => field("Status", number("status", { min: 200, max: 599, value: 503, required: true })),
    body: () => field("Body", h("textarea", { name: "body", rows: 2 }), "JSON, or text"),
    headers: () => field("Headers", h("textarea", { name: "headers", rows: 2, placeholder: "Retry-After: 2", required: chosen === "headers" }),
      chosen === "headers" ? "one a line; without a value it is taken away" : "one a line"),
    contentType: () => field("Content type", h("input", { name: "contentType", value: "text/plain", required: true })),
  };
  return h("section", { class: "panel", "aria-labelledby": "arm-title" },
    h("h2", { id: "arm-title" }, "Arm a fault"),
    form("Arm a fault", (values) => act("arm", "The fault is armed.", "/_sandbox/faults", "POST", read(values)),
      field("What goes wrong", h("select", { name: "fault", value: chosen, onchange: ({ target }) => { chosen = target.value; redraw(); } },
        Object.keys(FAULTS).map((name) => h("option", { key: name }, name)))),
      takes.map((name) => h("div", { key: name }, parts[name]())),
      h("p", { class: "full", key: "does" }, does),
      h("fieldset", { class: "full", key: "when" }, h("legend", {}, "When it strikes"),
        field("Operation", h("select", { name: "operation" }, h("option", { value: "" }, "any"), operations(document).map((id) => h("option", { key: id }, id)))),
        field("Method", h("select", { name: "method" }, h("option", { value: "" }, "any"), METHODS.map((name) => h("option", { key: name }, name)))),
        field("Times", number("times", { placeholder: "always" })),
        field("Only the nth", number("nth", { placeholder: "each" })),
        field("Probability", number("probability", { min: 0, max: 1, step: "any", placeholder: "1" })),
        field("Seed", number("seed", { min: 0, placeholder: "0" }), "of the probability"),
        field("Delay in ms", number("delayMs", { min: 0, placeholder: "none", required: Boolean(late) }))),
      h("button", { class: "main", key: "arm" }, "Arm"), h("span", { key: "said" }, said("arm"))));
}

function armed(all) {
  const ready = all.filter(({ spent }) => !spent);
  const clear = (id) => act("faults", `Fault ${id} was cleared.`, `/_sandbox/faults/${id}`, "DELETE");
  const rows = all.map(({ id, struck, spent, fault, ...rest }) => ({
    key: id,
    class: spent ? "spent" : null,
    cells: [fault, Object.entries(rest).map(([name, value]) => `${name} ${pretty(value)}`).join(", "),
      many(struck, "time"), spent ? "used up" : h("strong", {}, "armed"), button(`Clear fault ${id}`, () => clear(id))],
  }));
  return h("section", { class: "panel", "aria-labelledby": "armed-title" },
    h("h2", { id: "armed-title" }, ready.length ? `Armed: ${ready.length}` : "No fault is armed"),
    h("div", { class: "row" }, all.length ? button("Clear all", () => act("faults", "All faults were cleared.", "/_sandbox/faults", "DELETE")) : null, said("faults")),
    all.length ? table("Faults, the oldest first: of several that fit a request, it strikes", ["Fault", "When", "Struck", "State", ""], rows)
      : empty("Each request is served as it should be. Arm one above, or again from a request in the log."));
}
