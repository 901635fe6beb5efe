// What the page knows of the sandbox: asked for again each second, and drawn by whoever listens.
import { ask } from "./ask.js";

const EVERY_MS = 1000;

export const state = {
  /** `GET /_sandbox`, or nothing before the first answer. */
  overview: undefined,
  /** Summaries of requests by number. */
  requests: new Map(),
  /** What the views asked for, by name. */
  known: {},
  /** Whether the sandbox doesn't answer, and whether another one has taken its place. */
  gone: false,
  restarted: false,
  paused: false,
  /** What was done last, and where the button for it is. */
  said: { place: "", text: "", bad: false },
};

let instance;
let logRevision = 0;
let editions = {};
let needs = () => [];
let listener = () => {};
let running = Promise.resolve();

/** Starts to look. `wanted` gives what the view needs: `[name, path, edition]`, asked for again when the edition is new. */
export function start(wanted, changed) {
  needs = wanted;
  listener = changed;
  const forever = async () => {
    await look();
    setTimeout(forever, EVERY_MS);
  };
  forever();
}

/** Looks once, after a look that is under way. */
export function look() {
  running = running.then(once);
  return running;
}

async function once() {
  try {
    const { json } = await ask("/_sandbox");
    if (json?.instance !== instance) begin(json.instance);
    state.overview = json;
    await requests(json);
    await Promise.all(needs(state).map(fetchOne));
    state.gone = false;
  } catch {
    state.gone = state.overview !== undefined;
  }
  listener();
}

/** Another sandbox: nothing of the last one holds any more. */
function begin(next) {
  state.restarted = instance !== undefined;
  instance = next;
  logRevision = 0;
  editions = {};
  state.known = {};
  state.requests.clear();
}

async function requests({ revision, firstRequest }) {
  if (state.paused || revision.log === logRevision) return;
  const { json } = await ask(`/_sandbox/requests?changed=${logRevision}`);
  logRevision = json.revision;
  for (const request of json.requests) state.requests.set(request.number, request);
  for (const number of [...state.requests.keys()]) if (number < firstRequest) state.requests.delete(number);
}

async function fetchOne([name, path, edition]) {
  const now = edition === undefined ? undefined : `${path} ${edition}`;
  if (now !== undefined && editions[name] === now) return;
  const { status, json } = await ask(path);
  editions[name] = now;
  state.known[name] = status < 300 ? json : null;
}

/** Does what a form or button asks, looks again, and says at that place how it went. */
export async function act(place, what, path, method, body) {
  let bad = true;
  let text;
  try {
    const { status, json } = await ask(path, method, body);
    bad = status >= 300;
    text = bad ? `That failed: ${json?.errors?.[0]?.message ?? status}` : what;
  } catch {
    text = "That failed: the sandbox doesn't answer.";
  }
  state.said = { place, text, bad };
  await look();
  return !bad;
}

/** Draws again without a look. */
export const redraw = () => listener();
