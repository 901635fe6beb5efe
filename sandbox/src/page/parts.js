// The buttons and forms of the views, and the word next to each on how it went.
import { h } from "./render.js";
import { state } from "./store.js";

/** What was said last of what is at this place; read out by a screen reader. */
export function said(place) {
  const mine = state.said.place === place;
  return h("output", { class: mine && state.said.bad ? "said bad" : "said" }, mine ? state.said.text : "");
}

export const button = (text, onclick, properties) => h("button", { type: "button", onclick, ...properties }, text);

/** A form that gives its values by name to `act`. */
export function form(name, act, ...children) {
  const onsubmit = (event) => {
    event.preventDefault();
    act(new FormData(event.currentTarget), event.currentTarget);
  };
  return h("form", { onsubmit, "aria-label": name }, children);
}

/** The numbers among the values of a form that were given. */
export function numbers(values, ...names) {
  return Object.fromEntries(names.filter((name) => values.get(name)).map((name) => [name, Number(values.get(name))]));
}
