// The hour as a chart: what was asked in each minute, how much of it was answered 429, and what is left.
import { h } from "./render.js";
import { act } from "./store.js";
import { button, said } from "./parts.js";
import { count, many, span } from "./words.js";

const MINUTES = 60;
const [WIDTH, HEIGHT] = [600, 100];
const STEP = WIDTH / MINUTES;

export const hourNeeds = ["hour", "/_sandbox/hour"];

export function hour({ overview, known }) {
  const { limits, clock } = overview;
  const end = Math.floor(Date.parse(clock.now) / 60_000);
  const minutes = (known.hour ?? []).map((minute) => ({ ...minute, place: MINUTES - 1 - (end - Math.floor(Date.parse(minute.at) / 60_000)) }));
  const sum = (name) => minutes.reduce((sum, minute) => sum + minute[name], 0);
  const resets = (Date.parse(limits.hourlyReset) - Date.parse(clock.now)) / 1000;
  const words = `${many(sum("requests"), "request")} in the last hour, ${count(sum("tooMany"))} of them answered 429. ${count(limits.hourlyLeft)} of ${count(limits.hourlyLimit)} left, all of them again in ${span(resets)}.`;
  return h("section", { class: "panel hour", "aria-labelledby": "hour-title" },
    h("div", { class: "row" },
      h("h2", { id: "hour-title" }, "The hour"),
      button("To the next hour", () => act("hour", "The clock was set to the next hour.", "/_sandbox/clock", "POST", { set: limits.hourlyReset })),
      said("hour")),
    h("p", { title: `Until ${limits.hourlyReset}` }, words),
    chart(minutes, limits),
    h("p", { class: "legend", "aria-hidden": "true" },
      ["requests", "refused", "left"].map((name) => h("span", { class: `key ${name}` }, { requests: "requests a minute", refused: "answered 429", left: "left in the hour" }[name]))));
}

function chart(minutes, { hourlyLeft, hourlyLimit }) {
  const most = Math.max(4, ...minutes.map((minute) => minute.requests));
  const bar = (minute, name, from, number) => number > 0 ? h("rect", {
    class: name, x: minute.place * STEP + 1, width: STEP - 2, y: HEIGHT - ((from + number) / most) * HEIGHT, height: (number / most) * HEIGHT,
  }, h("title", {}, `${minute.at.slice(11, 16)}: ${many(minute.requests, "request")}, ${minute.tooMany} answered 429`)) : null;
  const height = (left) => HEIGHT - Math.min(1, left / Math.max(1, hourlyLimit)) * (HEIGHT - 2) - 1;
  const points = [...minutes.filter(({ left }) => left !== null).map(({ place, left }) => [(place + 0.5) * STEP, height(left)]), [WIDTH, height(hourlyLeft)]];
  // A step: so many are left until the next request takes one.
  const line = points.map(([x, y], index) => `${index ? `${x},${points[index - 1][1]} ` : ""}${x},${y}`).join(" ");
  return h("div", { class: "chart" },
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-labelledby": "hour-title" },
      minutes.map((minute) => h("g", { key: minute.at },
        bar(minute, "requests", minute.tooMany, minute.requests - minute.tooMany),
        bar(minute, "refused", 0, minute.tooMany))),
      h("polyline", { class: "left", points: line })),
    h("span", { class: "axis top" }, `${count(most)} a minute`),
    h("span", { class: "axis start" }, "an hour ago"),
    h("span", { class: "axis end" }, "now"));
}
