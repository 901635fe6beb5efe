// How numbers, times, bodies and commands are written, and the small parts that several views share.
import { h } from "./render.js";

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];

export const count = (number) => number.toLocaleString("en");

/** `1 contact`, `2 contacts`. */
export const many = (number, name) => `${count(number)} ${name}${number === 1 ? "" : "s"}`;

/** A length of time in its largest unit, such as `43 min`. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, size]) => whole >= size) ?? UNITS.at(-1);
  return `${Math.floor(whole / size)} ${unit}`;
}

/** An instant as far from now as it is; the instant itself is the tooltip. */
export function when(instant, now) {
  const seconds = (Date.parse(now) - Date.parse(instant)) / 1000;
  const text = Math.abs(seconds) < 1 ? "now" : seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
  return h("time", { datetime: instant, title: instant }, text);
}

export function took(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  if (milliseconds >= 10_000) return span(milliseconds / 1000);
  return `${milliseconds >= 100 ? Math.round(milliseconds) : milliseconds.toPrecision(2)} ms`;
}

/** JSON, set out to be read. */
export const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Text with the few marks of Markdown that rules and document use: code, bold, emphasis. */
export function marked(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).map((piece) => {
    if (/^`.+`$/s.test(piece)) return h("code", {}, piece.slice(1, -1));
    if (/^\*\*.+\*\*$/s.test(piece)) return h("strong", {}, piece.slice(2, -2));
    if (/^\*.+\*$/s.test(piece)) return h("em", {}, piece.slice(1, -1));
    return piece;
  });
}

/** A command for a POSIX shell. */
export function curl(method, path, key, body) {
  const words = [`curl -X ${method} ${quoted(location.origin + path)}`];
  if (key) words.push(`-H ${quoted(`X-API-Key: ${key}`)}`);
  if (body !== undefined && body !== null) words.push(`-H 'Content-Type: application/json'`, `-d ${quoted(typeof body === "string" ? body : JSON.stringify(body))}`);
  return words.join(" \\\n  ");
}

/** Text that is often copied, with a button that does so. */
export function copyable(text, name) {
  const copy = async ({ currentTarget: button }) => {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    button.textContent = done ? "Copied" : "Select it and copy";
    setTimeout(() => { button.textContent = name; }, 2000);
  };
  return h("div", { class: "copyable" }, h("pre", { tabindex: 0 }, text), h("button", { type: "button", onclick: copy }, name));
}

/** A table whose cells know their column, so that on a telephone each row can be a card. */
export function table(caption, columns, rows) {
  const cell = (content, index) => h("td", { "data-label": columns[index] || null }, content);
  return h("table", { class: "cards" }, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col" }, column || h("span", { class: "hidden" }, "Do"))))),
    h("tbody", {}, rows.map(({ key, cells, ...more }) => h("tr", { key, ...more }, cells.map(cell)))));
}

/** A labelled field of a form. */
export const field = (label, input, hint) => h("label", {}, h("span", {}, label), input, hint ? h("small", {}, hint) : null);

/** A status with a colour and a word for who sees none. */
export function status(code, fault) {
  if (code === null) return h("span", { class: "status bad" }, fault ? "cut" : "…");
  return h("span", { class: `status ${code < 300 ? "good" : code < 500 ? "warn" : "bad"}` }, code);
}

export const method = (name) => h("span", { class: `method ${name.toLowerCase()}` }, name);

/** Where there is nothing yet: what it would be, and the next step. */
export const empty = (text, ...next) => h("div", { class: "empty" }, h("p", {}, text), next);
