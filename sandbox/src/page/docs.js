// The API reference at `/docs`: the document, rendered, with a form to try each operation.
import { ask } from "./ask.js";
import { draw, h } from "./render.js";
import { bounds, prose, reader as readerOf } from "./schema.js";
import { chooseKey, code, prepare, tryIt } from "./try.js";
import { method as methodOf } from "./words.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

const at = (id) => document.getElementById(id);
const [{ json: api }, { json: samples }, { json: keys }] = await Promise.all(["/openapi.json", "/_sandbox/page/samples.json", "/_sandbox/keys"].map((path) => ask(path)));
const reader = readerOf(api);
let find = "";

/** Each operation, with all that its form and its texts need. */
const OPERATIONS = Object.entries(api.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => {
  const operation = item[method];
  const parameters = [...item.parameters ?? [], ...operation.parameters ?? []].map((parameter) => reader.resolve(parameter).node);
  const content = reader.resolve(operation.requestBody).node?.content;
  const words = [operation.operationId, operation.summary, operation.description, path, method, operation.tags].join(" ").toLowerCase();
  const context = { api, reader, path, method, operation, parameters, media: content && Object.values(content)[0] };
  return { ...context, context, words, still: still(context, content) };
}));

/** What stays as it is whatever is typed. */
function still({ operation, parameters }, content) {
  const fact = operation["x-fact"];
  const rows = parameters.map((parameter) => h("tr", {}, h("td", {}, h("code", {}, parameter.name)), h("td", {}, parameter.in), h("td", {}, reader.kind(parameter.schema)),
    h("td", {}, prose(parameter.description), bounds(reader.resolve(parameter.schema).node))));
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const { node } = reader.resolve(response);
    return h("li", {}, h("strong", { class: status < 300 ? "good" : "bad" }, status), " ", prose(node.description), reader.body(node.content, "Body"));
  });
  return {
    about: [prose(operation.description), fact ? h("p", { class: fact.startsWith("assumed") ? "warn" : "quiet" }, fact) : null],
    parameters: rows.length ? h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Parameters of ${operation.operationId}` },
      h("table", {}, h("thead", {}, h("tr", {}, ["Parameter", "In", "Type", "Meaning"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows))) : null,
    body: reader.body(content, "Request body"),
    answers: h("details", {}, h("summary", {}, "Answers"), h("ul", { class: "tree" }, answers)),
  };
}

function article({ path, method, operation, context, still }) {
  const id = operation.operationId;
  return h("article", { id, key: id, "aria-labelledby": `${id}-title` },
    h("h3", { id: `${id}-title` }, operation.summary),
    h("p", { class: "row" }, methodOf(method.toUpperCase()), h("code", {}, path), h("span", { class: "mark" }, operation["x-api-key-scope"]), h("code", {}, id)),
    still.about, still.parameters, still.body, still.answers, tryIt(context), code(context, samples));
}

function show() {
  const found = OPERATIONS.filter(({ words }) => find.toLowerCase().split(" ").every((word) => words.includes(word)));
  const byTag = api.tags.map((tag) => [tag, found.filter(({ operation }) => operation.tags.includes(tag.name))]).filter(([, some]) => some.length);
  draw(at("contents"), [
    h("label", {}, "Search", h("input", { type: "search", oninput: ({ target }) => { find = target.value; show(); } })),
    h("p", { role: "status", class: "quiet" }, `${found.length} of ${OPERATIONS.length} operations`),
    byTag.map(([tag, some]) => [h("h2", { key: tag.name }, tag.name), h("ul", { key: `${tag.name} ` }, some.map(({ method, operation }) =>
      h("li", { key: operation.operationId }, h("a", { href: `#${operation.operationId}` }, methodOf(method.toUpperCase()), operation.summary))))]),
  ]);
  draw(at("operations"), [
    h("section", { key: "about", class: "panel", "aria-label": "About" }, h("h2", {}, `${api.info.title} ${api.info.version}`), prose(api.info.description)),
    byTag.map(([tag, some]) => h("section", { key: tag.name, "aria-label": tag.name }, h("h2", {}, tag.name), h("div", {}, prose(tag.description)), some.map(article))),
  ]);
}

draw(at("key"), keys.map(({ key, scopes }) => h("option", { value: key }, `${scopes.join(", ")} …${key.slice(-4)}`)));
at("key").onchange = ({ target }) => chooseKey(target.value);
await prepare(show);
chooseKey(keys[0]?.key ?? "");
document.documentElement.dataset.ready = "yes";
if (location.hash) at(location.hash.slice(1))?.scrollIntoView();
