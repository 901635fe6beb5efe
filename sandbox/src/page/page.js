// The page at `/`: one view at a time, named in the address behind the `#`.
import { account } from "./account.js";
import { clock } from "./clock.js";
import { contacts } from "./contacts.js";
import { faults } from "./faults.js";
import { lists, structures } from "./lists.js";
import { log } from "./log.js";
import { draw, h } from "./render.js";
import { rules } from "./rules.js";
import { look, start, state } from "./store.js";

/** A view has a title, what it needs of the sandbox, and how it looks. Both get the words of the address after its name. */
const VIEWS = { log, account, contacts, lists, structures, clock, faults, rules };

const at = (id) => document.getElementById(id);

function route() {
  const [name, ...words] = location.hash.slice(1).split("/").filter(Boolean).map(decodeURIComponent);
  return name in VIEWS ? { name, view: VIEWS[name], words } : { name: "log", view: log, words: [] };
}

function badge(name) {
  const armed = state.known.armed?.filter((fault) => !fault.spent).length;
  return name === "faults" && armed ? [" ", h("span", { class: "badge" }, armed, h("span", { class: "hidden" }, " armed"))] : null;
}

function banner() {
  if (state.gone) return h("p", { class: "banner bad" }, "The sandbox doesn't answer: it was stopped, or its port is another one now. What you see is what it said last; this page looks again each second.");
  const forget = () => { state.restarted = false; show(); };
  return state.restarted ? h("p", { class: "banner" }, "The sandbox was restarted: what you see is the new one. ", h("button", { type: "button", onclick: forget }, "Good")) : null;
}

function show() {
  const { name, view, words } = route();
  document.title = `${view.title} · Sandbox`;
  draw(at("views"), Object.entries(VIEWS).map(([other, { title }]) =>
    h("a", { key: other, href: `#/${other}`, "aria-current": other === name ? "page" : null }, title, badge(other))));
  draw(at("banner"), banner());
  draw(at("main"), h("div", { key: name, class: `view ${name}` },
    h("h1", { tabindex: -1, id: "title" }, view.title),
    state.overview ? view.show(state, words) : h("p", {}, "Looking…")));
}

let shown;
async function turn() {
  const { name, words } = route();
  const other = name !== shown;
  if (other) state.said = { place: "" };
  shown = name;
  show();
  await look();
  // What was asked for is there, for who waits for it.
  at("main").dataset.shown = location.hash;
  if (other && document.activeElement === document.body) at("title").focus({ preventScroll: true });
  if (other && words.length === 0) scrollTo(0, 0);
  // What is asked for comes into sight; what is there already doesn't move under the mouse.
  const aim = document.querySelector("[data-aim]");
  const top = aim?.getBoundingClientRect().top;
  if (top < 0 || top > innerHeight * 0.8) aim.scrollIntoView();
}

addEventListener("hashchange", turn);
shown = route().name;
start((known) => {
  const { view, words } = route();
  return [["armed", "/_sandbox/faults"], ...view.needs(known, words)];
}, show);
turn();
