// The document's schemas and texts, set out to be read.
import { h } from "./render.js";
import { marked, pretty } from "./words.js";

const DEEPEST = 6;

/** What reads this document. */
export function reader(api) {
  /** What a `$ref` stands for, with the name it goes by. */
  function resolve(node) {
    if (!node?.$ref) return { node, name: undefined };
    const parts = node.$ref.slice(2).split("/");
    return { node: parts.reduce((at, part) => at?.[part], api), name: parts.at(-1) };
  }

  function kind(schema) {
    const { node, name } = resolve(schema);
    if (node?.type === "array") return `array of ${kind(node.items ?? {})}`;
    const format = node?.format ? ` (${node.format})` : "";
    return `${name ?? node?.type ?? "any value"}${name && node?.type && node.type !== "object" ? `, ${node.type}` : ""}${format}`;
  }

  /** The properties of a schema, those of its parts folded away. */
  function tree(schema, depth = 0) {
    let { node } = resolve(schema);
    if (node?.type === "array") ({ node } = resolve(node.items ?? {}));
    if (!node?.properties || depth > DEEPEST) return null;
    return h("ul", { class: "tree" }, Object.entries(node.properties).map(([name, property]) => {
      const inner = resolve(property).node;
      const parts = tree(property, depth + 1);
      const about = [h("code", {}, name), ` ${kind(property)}`, node.required?.includes(name) ? h("strong", {}, " required") : null,
        h("span", { class: "quiet" }, ` ${bounds(inner)}`)];
      const text = prose(inner?.description);
      return h("li", {}, parts ? h("details", {}, h("summary", {}, about), text, parts) : [h("div", {}, about), text]);
    }));
  }

  const examples = (media) => Object.values(media?.examples ?? {}).map((example) => resolve(example).node);

  /** The first media type of a body, folded away with its schema and its examples. */
  function body(content, title) {
    const [type, media] = Object.entries(content ?? {})[0] ?? [];
    if (!media) return null;
    return h("details", {}, h("summary", {}, `${title}: ${kind(media.schema)}, ${type}`), tree(media.schema),
      examples(media).map((example) => h("figure", {}, h("figcaption", {}, example.summary ?? "Example"), h("pre", { tabindex: 0 }, pretty(example.value)))));
  }

  return { resolve, kind, examples, body };
}

export function bounds(schema) {
  const known = [["minLength", "at least %s characters"], ["maxLength", "at most %s characters"], ["minimum", "at least %s"],
    ["maximum", "at most %s"], ["minItems", "at least %s items"], ["pattern", "pattern %s"]];
  const said = known.filter(([name]) => schema?.[name] !== undefined).map(([name, text]) => text.replace("%s", schema[name]));
  if (schema?.enum) said.push(`one of ${schema.enum.join(", ")}`);
  if (schema?.["x-extensible-enum"]) said.push(`known values ${schema["x-extensible-enum"].join(", ")}`);
  return said.join("; ");
}

/** A text in paragraphs. */
export const prose = (text = "") => text.trim().split(/\n\s*\n/).map((paragraph) => h("p", {}, marked(paragraph)));
