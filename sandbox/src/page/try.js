// The form that tries an operation, and the same request as code.
import { ask } from "./ask.js";
import { body, holdings, lacks, parameter, translator } from "./prefill.js";
import { button } from "./parts.js";
import { h } from "./render.js";
import { copyable, curl, pretty } from "./words.js";

const LANGUAGES = {
  curl: "a shell",
  Rust: "the crate benchmark-email",
  Python: "the client that docs/languages/python.md makes",
};

let redraw = () => {};
let account;
let language = "curl";
let key = "";
/** What was typed into a form, by operation and name; the rest of the form is filled in. */
const typed = {};
const results = {};

/** Looks what the account holds. `changed` draws the page. */
export async function prepare(changed) {
  redraw = changed;
  account = await holdings();
}

export const chooseKey = (chosen) => { key = chosen; redraw(); };

/** What is in the form of an operation: what was typed, else what works on the account. */
function filled({ api, reader, operation, path, parameters, media }) {
  const mine = typed[operation.operationId] ?? {};
  const { text, value } = translator(api.components.examples, account);
  const values = Object.fromEntries(parameters.map(({ name, in: place }) => [name, mine[name] ?? (place === "path" ? parameter(account, name) : "")]));
  const example = media && (reader.examples(media)[0]?.value ?? {});
  const made = media && (mine.body ?? pretty(body(operation.operationId, example, account, value)));
  let target = path;
  const query = new URLSearchParams();
  for (const { name, in: place } of parameters) {
    if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(values[name]));
    else if (values[name]) query.set(name, values[name]);
  }
  return { values, body: made, target: query.size ? `${target}?${query}` : target, translate: text };
}

async function send(context) {
  const { operation, path, method } = context;
  const id = operation.operationId;
  results[id] = { asking: true };
  redraw();
  try {
    account = await holdings();
    let note;
    const missing = !typed[id] && lacks(account, operation, path);
    if (missing) {
      await ask("/_sandbox/contacts", "POST", { generate: 1 });
      account = await holdings();
      note = `The account lacked ${missing}: a contact and two lists were generated first.`;
    }
    const { target, body } = filled(context);
    results[id] = { note, ...await ask(target, method.toUpperCase(), body, { "X-API-Key": key }) };
    account = await holdings();
  } catch (error) {
    results[id] = { error };
  }
  redraw();
}

export function tryIt(context) {
  const { operation, path, method, parameters, media } = context;
  const id = operation.operationId;
  const now = filled(context);
  const type = ({ target }) => { typed[id] = { ...typed[id], [target.name]: target.value }; redraw(); };
  const missing = !typed[id] && lacks(account, operation, path);
  const submit = (event) => { event.preventDefault(); send(context); };
  return h("details", { class: "try" }, h("summary", {}, "Try it"),
    h("form", { onsubmit: submit, "aria-label": `Try ${id}` },
      parameters.map(({ name, required, example }) => h("label", { key: name }, `${name}${required ? "" : " (optional)"}`,
        h("input", { name, oninput: type, value: now.values[name], placeholder: [example ?? ""].flat().join(","), required: Boolean(required) && !missing, size: 28, autocomplete: "off" }))),
      media ? h("label", { class: "full", key: " body" }, "Body", h("textarea", { name: "body", oninput: type, spellcheck: "false", rows: Math.min(24, now.body.split("\n").length), value: now.body })) : null,
      missing ? h("p", { class: "note full" }, `The account lacks ${missing}: sending this generates a contact and two lists first.`) : null,
      h("button", { class: "main" }, `Send ${method.toUpperCase()}`),
      typed[id] ? button("Fill in anew", async () => { delete typed[id]; account = await holdings(); redraw(); }) : null),
    h("div", { role: "status" }, result(results[id])));
}

function result(result) {
  if (!result) return null;
  if (result.asking) return h("p", {}, "Asking…");
  if (result.error) return [h("h4", { class: "bad" }, "No answer"), h("p", {}, `The connection ended: ${result.error.message}`)];
  const { status, headers, text, json, note } = result;
  const shown = [...headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return [note ? h("p", { class: "note" }, note) : null,
    h("h4", { class: status < 300 ? "good" : "bad" }, `Answer ${status}`),
    h("details", {}, h("summary", {}, "Headers"), h("pre", { tabindex: 0 }, shown)), h("pre", { tabindex: 0 }, json === undefined ? text || "(empty)" : pretty(json))];
}

/** The request in several languages: curl as the form has it, the others with the document's example. */
export function code(context, samples) {
  const { operation, method } = context;
  const id = operation.operationId;
  const { target, body, translate } = filled(context);
  const choose = (name) => { language = name; redraw(); };
  const names = Object.keys(LANGUAGES);
  const onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    choose(names.at((names.indexOf(language) + step) % names.length));
    document.getElementById(`${id}-${language}`).focus();
  };
  const text = language === "curl" ? curl(method.toUpperCase(), target, key, body) : translate(samples[id][language.toLowerCase()]);
  return [
    h("div", { role: "tablist", "aria-label": `${id} as code`, onkeydown }, names.map((name) => h("button", {
      key: name, type: "button", role: "tab", id: `${id}-${name}`, "aria-selected": String(name === language), "aria-controls": `${id}-code`,
      tabindex: name === language ? 0 : -1, onclick: () => choose(name),
    }, name))),
    h("div", { role: "tabpanel", id: `${id}-code`, "aria-labelledby": `${id}-${language}` }, h("p", { class: "quiet" }, `For ${LANGUAGES[language]}.`), copyable(text, "Copy")),
  ];
}
