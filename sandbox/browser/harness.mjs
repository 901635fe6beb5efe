// A sandbox, a browser and what both may not do: shared by all tests of the pages.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder to take the pages' files from, such as ../src/page, so that a change of them needs no build. */
const FROM_DISK = process.env.PAGES_FROM_DISK;

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What the current test has: the page, where its sandbox is, and what went wrong without a word. */
export const it = { page: undefined, base: undefined, key: undefined, complaints: [] };

let browser;
const started = [];

/** Starts `bme sandbox`; sets `it.base` and `it.key`, and gives the program. */
export async function sandbox(...options) {
  const program = spawn(process.env.BME, ["sandbox", "--quiet", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(program);
  const said = {};
  for await (const line of createInterface({ input: program.stdout })) {
    const [, name, value] = /export (\w+)=(.+)/.exec(line) ?? [];
    said[name] = value;
    if (said.BENCHMARK_EMAIL_BASE_URL && said.BENCHMARK_EMAIL_API_KEY) break;
  }
  it.base = said.BENCHMARK_EMAIL_BASE_URL;
  it.key = said.BENCHMARK_EMAIL_API_KEY;
  assert.ok(it.base, "the sandbox did not start");
  return program;
}

/** Ends a program, and comes back when its port is free. */
export async function end(program) {
  const ended = new Promise((resolve) => program.once("exit", resolve));
  program.kill();
  await ended;
}

export async function open(path, options = {}) {
  it.complaints = [];
  await it.page?.context().close();
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  await context.route("**", async (route) => {
    const url = route.request().url();
    if (url.startsWith(it.base)) return FROM_DISK ? fromDisk(route, new URL(url).pathname) : route.continue();
    if (url.startsWith("data:")) return route.continue();
    it.complaints.push(`asked elsewhere: ${url}`);
    return route.abort();
  });
  it.page = await context.newPage();
  it.page.setDefaultTimeout(20_000);
  it.page.on("pageerror", (error) => it.complaints.push(`error on the page: ${error}`));
  it.page.on("console", (message) => {
    // An answer of 4xx or a cut connection is what a test may be about.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) it.complaints.push(message.text());
  });
  await it.page.goto(it.base + path);
  return it.page;
}

async function fromDisk(route, path) {
  const [, name] = /^\/_sandbox\/page\/(.+)$/.exec(path) ?? [undefined, { "/": "page.html", "/docs": "docs.html" }[path]];
  if (!name) return route.continue();
  const response = await route.fetch();
  return route.fulfill({ response, body: await readFile(join(FROM_DISK, name), "utf8") });
}

/** Asks the sandbox, outside of the browser. */
export async function ask(method, path, body) {
  const headers = { "X-API-Key": it.key, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const answer = await fetch(it.base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, json: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined };
}

/** A contact, created by the API. */
export async function contact(key) {
  const { json: [structure] } = await ask("GET", "/api/contact-structure");
  return (await ask("POST", "/api/contact", { key, contactStructureId: structure._id })).json;
}

/** Goes to a view of the page, and comes back when it has what it shows. */
export async function view(name) {
  await it.page.evaluate((hash) => { location.hash = hash; }, `#/${name}`);
  await it.page.locator(`main[data-shown="#/${name}"]`).waitFor();
}

export const focused = () => it.page.evaluate(() => document.activeElement.textContent);

/** Nothing that axe knows is wrong, and nothing is wider than the screen. */
export async function accessible(what) {
  await it.page.evaluate(AXE);
  const found = await it.page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`));
  });
  assert.deepEqual(found, [], what);
  const overflow = await it.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, `${what} scrolls sideways`);
}

export const clean = () => assert.deepEqual(it.complaints, []);

before(async () => {
  const closed = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", closed] });
});

afterEach(async () => {
  await it.page?.context().close();
  it.page = undefined;
  for (const program of started.splice(0)) program.kill();
});

after(async () => {
  await browser?.close();
});
