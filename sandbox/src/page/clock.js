// The sandbox's clock.
import { hour, hourNeeds } from "./hour.js";
import { button, form, said } from "./parts.js";
import { h } from "./render.js";
import { act } from "./store.js";
import { field } from "./words.js";

const STEPS = { "A minute": 60, "An hour": 3600, "A day": 86_400, "30 days": 30 * 86_400 };

export const clock = {
  title: "Clock",
  needs: () => [hourNeeds],
  show(state) {
    const { now, stopped } = state.overview.clock;
    const change = (what, body) => act("clock", what, "/_sandbox/clock", "POST", body);
    const advance = (advanceSeconds) => change("The clock was advanced.", { advanceSeconds });
    return [
      h("section", { class: "panel", "aria-labelledby": "now-title" },
        h("h2", { id: "now-title" }, "Now"),
        h("p", { class: "large", id: "now" }, h("time", { datetime: now }, now.slice(0, 19).replace("T", " ")), " UTC"),
        h("p", {}, stopped ? "It stands still until it is moved." : "It runs."),
        h("div", { class: "row" },
          button(stopped ? "Let it run" : "Stop it", () => change(stopped ? "The clock runs." : "The clock stands still.", { stopped: !stopped })),
          said("clock")),
        h("h3", {}, "Forward by"),
        h("div", { class: "row" }, Object.entries(STEPS).map(([name, seconds]) => button(name, () => advance(seconds)))),
        form("Advance", (values) => advance(Number(values.get("seconds"))),
          field("Seconds", h("input", { name: "seconds", type: "number", min: 0, max: 4_000_000_000, value: 3600, required: true })),
          h("button", {}, "Advance")),
        form("Set", (values) => change("The clock was set.", { set: `${values.get("to").slice(0, 16)}:00Z` }),
          field("Date and time, UTC", h("input", { name: "to", type: "datetime-local", required: true })),
          h("button", {}, "Set the clock"))),
      hour(state),
    ];
  },
};
