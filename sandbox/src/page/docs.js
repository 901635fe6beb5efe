// The API reference at `/docs`: the document, rendered, with a form to try each operation.
import { ask, el, pretty } from "./element.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 6;

const { json: api } = await ask("/openapi.json");
const at = (id) => document.getElementById(id);

/** What a `$ref` stands for, with the name it goes by. */
function resolve(node) {
  if (!node?.$ref) return { node, name: undefined };
  const parts = node.$ref.slice(2).split("/");
  return { node: parts.reduce((at, part) => at?.[part], api), name: parts.at(-1) };
}

/** The few marks of Markdown that the document uses: paragraphs, code, bold, emphasis. */
function prose(text = "") {
  return text.trim().split(/\n\s*\n/).map((paragraph) => {
    const pieces = paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/);
    return el("p", {}, pieces.map((piece) => {
      if (/^`.+`$/s.test(piece)) return el("code", {}, piece.slice(1, -1));
      if (/^\*\*.+\*\*$/s.test(piece)) return el("strong", {}, piece.slice(2, -2));
      if (/^\*.+\*$/s.test(piece)) return el("em", {}, piece.slice(1, -1));
      return piece;
    }));
  });
}

function kind(schema) {
  const { node, name } = resolve(schema);
  if (node?.type === "array") return `array of ${kind(node.items ?? {})}`;
  const format = node?.format ? ` (${node.format})` : "";
  return `${name ?? node?.type ?? "any value"}${name && node?.type && node.type !== "object" ? `, ${node.type}` : ""}${format}`;
}

function bounds(schema) {
  const known = [["minLength", "at least %s characters"], ["maxLength", "at most %s characters"], ["minimum", "at least %s"],
    ["maximum", "at most %s"], ["minItems", "at least %s items"], ["pattern", "pattern %s"]];
  const said = known.filter(([name]) => schema?.[name] !== undefined).map(([name, text]) => text.replace("%s", schema[name]));
  if (schema?.enum) said.push(`one of ${schema.enum.join(", ")}`);
  if (schema?.["x-extensible-enum"]) said.push(`known values ${schema["x-extensible-enum"].join(", ")}`);
  return said.join("; ");
}

/** The properties of a schema, those of its parts folded away. */
function tree(schema, depth = 0) {
  let { node } = resolve(schema);
  if (node?.type === "array") ({ node } = resolve(node.items ?? {}));
  if (!node?.properties || depth > DEEPEST) return null;
  return el("ul", { className: "tree" }, Object.entries(node.properties).map(([name, property]) => {
    const inner = resolve(property).node;
    const parts = tree(property, depth + 1);
    const about = [el("code", {}, name), ` ${kind(property)}`, node.required?.includes(name) ? el("strong", {}, " required") : "",
      el("span", { className: "quiet" }, ` ${bounds(inner)}`)];
    const text = prose(inner?.description);
    return el("li", {}, parts ? el("details", {}, el("summary", {}, about), text, parts) : [el("div", {}, about), ...text]);
  }));
}

function fact(node) {
  const text = node?.["x-fact"];
  return text ? el("p", { className: text.startsWith("assumed") ? "warn" : "quiet" }, text) : null;
}

function examples(content) {
  return Object.values(content?.examples ?? {}).map((example) => resolve(example).node);
}

// What the account really holds, so that the document's examples work here.
const account = {
  structure: (await ask("/_sandbox/structures")).json[0],
  list: (await ask("/_sandbox/lists")).json[0],
  contact: (await ask("/_sandbox/contacts")).json.contacts[0],
};

/** From ids of the document's example account to ids of this one: by label, else by kind. */
function translations() {
  const example = api.components?.examples?.DefaultStructure?.value;
  const pairs = [[example?._id, account.structure?._id],
    [api.components?.examples?.Newsletter?.value?._id, account.list?._id],
    [api.components?.examples?.Jane?.value?._id, account.contact?._id]];
  for (const part of ["fields", "tags"]) {
    for (const { _id, label } of example?.[part] ?? []) {
      pairs.push([_id, account.structure?.[part].find((known) => known.label === label)?._id]);
    }
  }
  return pairs.filter(([from, to]) => from && to);
}

const here = translations();
const translate = (text) => here.reduce((text, [from, to]) => text.replaceAll(from, to), text);

/** An example without references to lists, when the account has none to refer to. */
function sample(value) {
  const copy = structuredClone(value);
  if (copy && typeof copy === "object" && Array.isArray(copy.lists) && !account.list) delete copy.lists;
  return translate(pretty(copy));
}

function parameterInput(parameter, id) {
  const { node: schema } = resolve(parameter.schema);
  const usual = parameter.in === "path" ? translate(String(parameter.example ?? schema?.example ?? "")) : "";
  const hint = Array.isArray(parameter.example) ? parameter.example.join(",") : String(parameter.example ?? "");
  return el("label", {}, `${parameter.name}${parameter.required ? "" : " (optional)"}`,
    el("input", { id: `${id}-${parameter.name}`, name: parameter.name, value: usual, placeholder: hint, required: Boolean(parameter.required), size: 28, autocomplete: "off" }));
}

function tryIt(id, path, method, parameters, content) {
  const inputs = parameters.map((parameter) => parameterInput(parameter, id));
  const body = content ? el("textarea", { id: `${id}-body`, spellcheck: false, value: sample(examples(content)[0]?.value ?? {}) }) : null;
  const result = el("div", { role: "status", id: `${id}-result` });
  const form = el("form", { className: "full", id: `${id}-try` }, inputs, body ? el("label", { className: "full" }, "Body", body) : null,
    el("button", { className: "main" }, `Send ${method.toUpperCase()}`));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const query = new URLSearchParams();
    let url = path;
    for (const parameter of parameters) {
      const value = values.get(parameter.name);
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (value) query.set(parameter.name, value);
    }
    if ([...query].length) url += `?${query}`;
    result.replaceChildren("Asking…");
    try {
      const { status, headers, text, json } = await ask(url, method.toUpperCase(), body?.value, { "X-API-Key": at("key").value });
      const shown = [...headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      result.replaceChildren(el("h4", { className: status < 300 ? "good" : "bad" }, `Answer ${status}`),
        el("details", {}, el("summary", {}, "Headers"), el("pre", {}, shown)), el("pre", { tabIndex: 0 }, json === undefined ? text || "(empty)" : pretty(json)));
    } catch (error) {
      result.replaceChildren(el("h4", { className: "bad" }, "No answer"), el("p", {}, `The connection ended: ${error.message}`));
    }
  });
  return el("details", {}, el("summary", {}, "Try it"), form, result);
}

function bodyOf(content, title) {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!media) return null;
  return el("details", {}, el("summary", {}, `${title}: ${kind(media.schema)}, ${type}`), tree(media.schema) ?? "",
    examples(media).map((example) => el("figure", {}, el("figcaption", { className: "quiet" }, example.summary ?? "Example"), el("pre", { tabIndex: 0 }, pretty(example.value)))));
}

function article(path, method, operation, shared) {
  const id = operation.operationId;
  const parameters = [...shared, ...(operation.parameters ?? [])].map((parameter) => resolve(parameter).node);
  const request = resolve(operation.requestBody).node?.content;
  const rows = parameters.map((parameter) => el("tr", {}, el("td", {}, el("code", {}, parameter.name)), el("td", {}, parameter.in),
    el("td", {}, kind(parameter.schema)), el("td", {}, prose(parameter.description), bounds(resolve(parameter.schema).node))));
  const head = el("tr", {}, ["Parameter", "In", "Type", "Meaning"].map((name) => el("th", { scope: "col" }, name)));
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const { node } = resolve(response);
    return el("li", {}, el("strong", { className: status < 300 ? "good" : "bad" }, status), " ", prose(node.description), bodyOf(node.content, "Body"));
  });
  return el("article", { id, "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, operation.summary),
    el("p", { className: "row" }, el("span", { className: "method" }, method.toUpperCase()), el("code", {}, path), el("span", { className: "mark" }, operation["x-api-key-scope"]), el("code", {}, id)),
    prose(operation.description), fact(operation),
    rows.length ? el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `Parameters of ${id}` }, el("table", {}, el("thead", {}, head), el("tbody", {}, rows))) : null,
    bodyOf(request, "Request body"),
    el("details", {}, el("summary", {}, "Answers"), el("ul", { className: "tree" }, responses)),
    tryIt(id, path, method, parameters, request && Object.values(request)[0]));
}

const { json: keys } = await ask("/_sandbox/keys");
at("key").append(...keys.map(({ key, scopes }) => el("option", { value: key }, `${scopes.join(", ")} …${key.slice(-4)}`)));
at("about").append(el("h2", {}, `${api.info.title} ${api.info.version}`), ...prose(api.info.description));

for (const tag of api.tags) {
  const links = [];
  const articles = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((method) => item[method]?.tags.includes(tag.name))) {
      articles.push(article(path, method, item[method], item.parameters ?? []));
      links.push(el("li", {}, el("a", { href: `#${item[method].operationId}` }, item[method].summary)));
    }
  }
  at("contents").append(el("h2", {}, tag.name), el("ul", {}, links));
  at("operations").append(el("section", { "aria-label": tag.name }, el("h2", {}, tag.name), prose(tag.description), articles));
}
document.documentElement.dataset.ready = "yes";
if (location.hash) at(location.hash.slice(1))?.scrollIntoView();
