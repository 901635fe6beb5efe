// The page and the API reference, driven as a person would, with no network but the loopback.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, afterEach, before, test } from "node:test";
import { chromium } from "playwright-core";

const SHOTS = new URL("shots/", import.meta.url).pathname;
const started = [];
let browser;
let page;
let base;
let complaints;

/** Starts `bme sandbox` and gives its base URL. */
async function sandbox(...options) {
  const program = spawn(process.env.BME, ["sandbox", "--quiet", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(program);
  for await (const line of createInterface({ input: program.stdout })) {
    const [, url] = /BENCHMARK_EMAIL_BASE_URL=(.+)/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error("the sandbox did not start");
}

async function open(path, options = {}) {
  complaints = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.route("**", (route) => {
    if (route.request().url().startsWith(base) || route.request().url().startsWith("data:")) return route.continue();
    complaints.push(`asked elsewhere: ${route.request().url()}`);
    return route.abort();
  });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(`error on the page: ${error}`));
  page.on("console", (message) => {
    // An answer of 4xx or a cut connection is what a test may be about.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(base + path);
}

before(async () => {
  await mkdir(SHOTS, { recursive: true });
  const closed = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", closed] });
});

afterEach(async () => {
  await page?.context().close();
  for (const program of started.splice(0)) program.kill();
});

after(async () => {
  await browser?.close();
});

const ready = () => page.locator("html[data-ready=yes]").waitFor();

test("a contact made by trying the reference is seen on the page", async () => {
  base = await sandbox("--contacts", "40");
  await open("/docs");
  await ready();
  const operation = page.locator("article#createContact");
  await operation.getByText("Try it").click();
  await operation.getByRole("button", { name: "Send POST" }).click();
  await operation.getByText("Answer 200").waitFor();
  assert.match(await operation.getByRole("status").innerText(), /jane\.smith@example\.com/);
  await page.screenshot({ path: `${SHOTS}docs-light.png` });

  await page.goto(base);
  await page.getByText("41 contacts, page 1 of 2, newest first").waitFor();
  await page.getByLabel("Find in keys and values").fill("jane.smith@");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("1 contacts, page 1 of 1").waitFor();
  assert.match(await page.locator("#contacts").innerText(), /First Name: Jane/);
  await page.locator("#requests").getByText("POST /api/contact").click();
  await page.locator("#requests").getByRole("heading", { name: "Answered" }).waitFor();
  await page.screenshot({ path: `${SHOTS}page-light.png` });
  assert.deepEqual(complaints, []);
});

test("a fault armed on the page strikes and is seen in the log", async () => {
  base = await sandbox();
  await open("/");
  const form = page.locator("#fault-form");
  await form.getByRole("combobox", { name: "What goes wrong" }).selectOption("status");
  await form.getByRole("spinbutton", { name: "Status" }).fill("503");
  await form.getByRole("combobox", { name: "Operation" }).selectOption("listContacts");
  await form.getByRole("spinbutton", { name: "Times" }).fill("1");
  await form.getByRole("button", { name: "Arm" }).click();
  await page.getByText("The fault is armed.").waitFor();
  await page.locator("#faults").getByText("0 times").waitFor();

  await page.goto(`${base}/docs#listContacts`);
  await ready();
  const operation = page.locator("article#listContacts");
  await operation.getByText("Try it").click();
  await operation.getByRole("button", { name: "Send GET" }).click();
  await operation.getByText("Answer 503").waitFor();
  await operation.getByRole("button", { name: "Send GET" }).click();
  await operation.getByText("Answer 200").waitFor();

  await page.goto(base);
  await page.locator("#request-1").getByText("(fault status)").waitFor();
  await page.locator("#faults").getByText("1 times").waitFor();
  await page.getByRole("button", { name: "Clear fault 1" }).click();
  await page.getByText("No fault is armed.").waitFor();
  assert.deepEqual(complaints, []);
});

test("clock, budget and rules are switched on the page", async () => {
  base = await sandbox("--stopped-clock");
  await open("/");
  await page.locator("#clock").getByText("standing still").waitFor();
  const before = await page.locator("#clock").innerText();
  await page.getByLabel("Seconds").fill("86400");
  await page.getByRole("button", { name: "Advance" }).click();
  await page.getByText("The clock was advanced.").waitFor();
  const after = await page.locator("#clock").innerText();
  assert.equal(Date.parse(after.split(",")[0]) - Date.parse(before.split(",")[0]), 86_400_000);

  await page.getByLabel("Left in the hour").fill("7");
  await page.locator("#budget-form").getByRole("button", { name: "Set" }).click();
  await page.getByText("7 of 3600").waitFor();

  await page.getByLabel("Reading of contacts-shape").selectOption("wrapper");
  await page.getByText("contacts-shape is read as wrapper.").waitFor();
  const rules = await page.evaluate(async () => (await fetch("/_sandbox/rules")).json());
  assert.equal(rules.find((rule) => rule.name === "contacts-shape").reading, "wrapper");
  assert.deepEqual(complaints, []);
});

test("what a contact is called never becomes part of the page", async () => {
  base = await sandbox();
  await open("/");
  await page.evaluate(async () => {
    const contacts = [{ key: "x@example.com", fields: { "First Name": "<img src=x onerror=\"document.title='broken'\"><b id=broken>" } }];
    const headers = { "Content-Type": "application/json" };
    await fetch("/_sandbox/state", { method: "PUT", headers, body: JSON.stringify({ contacts }) });
  });
  await page.getByRole("cell", { name: "First Name: <img src=x" }).waitFor();
  assert.equal(await page.locator("#broken").count(), 0);
  assert.equal(await page.title(), "Sandbox");
  assert.deepEqual(complaints, []);
});

test("the keyboard alone is enough", async () => {
  base = await sandbox();
  await open("/docs");
  await ready();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the operations");
  const summary = page.locator("article#listStructures summary", { hasText: "Try it" });
  await summary.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Send GET");
  await page.keyboard.press("Enter");
  await page.locator("article#listStructures").getByText("Answer 200").waitFor();
  assert.deepEqual(complaints, []);
});

/** What a screen reader needs and can be counted: names, labels, headings in order, contrast. */
async function accessible() {
  return page.evaluate(() => {
    const found = [];
    const visible = (element) => element.getClientRects().length > 0;
    for (const field of document.querySelectorAll("input, select, textarea, meter")) {
      const named = field.labels?.length > 0 || field.ariaLabel;
      if (!named) found.push(`no label: ${field.outerHTML.slice(0, 80)}`);
    }
    for (const button of document.querySelectorAll("button, a")) {
      if (visible(button) && !button.textContent.trim()) found.push(`no name: ${button.outerHTML.slice(0, 80)}`);
    }
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
      const next = Number(heading.tagName[1]);
      if (next > level + 1) found.push(`a heading skips a level: ${heading.textContent}`);
      level = next;
    }
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) found.push(`twice: ${id}`);
    const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = numbers(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return colour;
      }
      return [255, 255, 255];
    };
    for (const element of document.querySelectorAll("body *")) {
      const ownText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
      if (!ownText || !visible(element) || element.disabled || element.tagName === "OPTION") continue;
      const [one, other] = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(1)}: ${element.outerHTML.slice(0, 80)}`);
    }
    return [...new Set(found)];
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const [path, name] of [["/", "page"], ["/docs", "docs"]]) {
    test(`${name} is labelled, ordered and readable in ${colorScheme}, and fits a phone`, async () => {
      base = await sandbox("--contacts", "30");
      await open(path, { colorScheme });
      await (name === "docs" ? ready() : page.getByText("30 contacts, page 1 of 2").waitFor());
      assert.deepEqual(await accessible(), []);
      await page.screenshot({ path: `${SHOTS}${name}-${colorScheme}-top.png` });
      await page.setViewportSize({ width: 390, height: 844 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, "the page scrolls sideways on a phone");
      await page.screenshot({ path: `${SHOTS}${name}-${colorScheme}-phone.png` });
      assert.deepEqual(complaints, []);
    });
  }
}
