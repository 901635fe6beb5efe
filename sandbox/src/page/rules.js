// What the sandbox enforces, and where it is known from.
import { said } from "./parts.js";
import { h } from "./render.js";
import { act, redraw } from "./store.js";
import { field, marked, table } from "./words.js";

let find = "";

export const rules = {
  title: "Rules",
  needs: () => [["rules", "/_sandbox/rules"]],
  show({ known }, [asked]) {
    const all = known.rules ?? [];
    const fits = (rule) => JSON.stringify(rule).toLowerCase().includes(find.toLowerCase()) || rule.name === asked;
    const choose = (name, reading) => act(name, `It is read as ${reading}.`, `/_sandbox/rules/${name}`, "PUT", { reading });
    const choice = ({ name, readings, reading }) => readings.length === 0 ? null : [
      h("select", { "aria-label": `Reading of ${name}`, value: reading, onchange: ({ target }) => choose(name, target.value) },
        readings.map((one) => h("option", { value: one }, one))),
      reading === readings[0] ? null : h("small", { class: "warn" }, ` at the start ${readings[0]}`),
      said(name)];
    const rows = all.filter(fits).map((rule) => ({
      key: rule.name,
      id: `rule-${rule.name}`,
      class: rule.name === asked ? "chosen" : null,
      "data-aim": rule.name === asked,
      cells: [h("code", {}, rule.name), marked(rule.says),
        [h("span", { class: `mark ${rule.mark === "assumed" ? "warn" : "good"}` }, rule.mark), " ", h("span", { class: "quiet" }, rule.source)], choice(rule)],
    }));
    return h("section", { class: "panel", "aria-label": "Rules" },
      h("p", {}, "What the sandbox enforces, and where it is known from. A rule with several readings can be switched."),
      field("Filter", h("input", { type: "search", oninput: ({ target }) => { find = target.value; redraw(); } })),
      table(`${rows.length} of ${all.length} rules, ${all.filter(({ mark }) => mark === "documented").length} of them documented`, ["Rule", "What it says", "Source", "Reading"], rows));
  },
};
