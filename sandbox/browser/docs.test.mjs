// The reference: each operation as it is filled in, searched, and as code.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { PHONE, DESKTOP, accessible, ask, clean, contact, focused, it, open, sandbox } from "./harness.mjs";

const ready = () => it.page.locator("html[data-ready=yes]").waitFor();
const article = (id) => it.page.locator(`article#${id}`);

/** Sends what the form of an operation is filled in with; gives the status. */
async function send(id) {
  const form = article(id);
  if (!await form.locator("details.try").evaluate((details) => details.open)) await form.getByText("Try it", { exact: true }).click();
  await Promise.all([
    it.page.waitForResponse((response) => new URL(response.url()).pathname.startsWith("/api/")),
    form.getByRole("button", { name: /^Send / }).click(),
  ]);
  await form.getByRole("heading", { name: /^Answer / }).waitFor();
  return Number((await form.getByRole("heading", { name: /^Answer / }).innerText()).slice("Answer ".length));
}

const ids = () => it.page.locator("article").evaluateAll((articles) => articles.map(({ id }) => id));

for (const [name, times, options] of [["an empty account, twice", 2, []], ["a full one", 1, ["--contacts", "40"]]]) {
  test(`what the forms are filled in with works on ${name}`, async () => {
    await sandbox(...options);
    await open("/docs");
    await ready();
    const all = await ids();
    assert.equal(all.length, 22);
    for (const id of Array(times).fill(all).flat()) {
      const status = await send(id);
      assert.ok(status >= 200 && status < 300, `${id}: ${status} ${await article(id).getByRole("status").innerText()}`);
    }
    clean();
  });
}

test("a form works after another program deleted what it names", async () => {
  await sandbox();
  const { _id } = await contact("jane@example.com");
  await open("/docs#getContact");
  await ready();
  await article("getContact").getByText("Try it", { exact: true }).click();
  assert.equal(await article("getContact").getByLabel("contactId").inputValue(), _id);
  await ask("DELETE", `/api/contact/${_id}`);
  assert.equal(await send("getContact"), 200);
  await article("getContact").getByText("a contact and two lists were generated first").waitFor();
  clean();
});

test("what was typed is sent, and stays", async () => {
  await sandbox();
  await open("/docs");
  await ready();
  await article("getContact").getByText("Try it", { exact: true }).click();
  await article("getContact").getByLabel("contactId").fill("nobody");
  assert.equal(await send("getContact"), 404);
  assert.equal(await article("getContact").getByLabel("contactId").inputValue(), "nobody");
  await article("getContact").getByRole("button", { name: "Fill in anew" }).click();
  assert.equal(await send("getContact"), 200);
  clean();
});

test("operations are searched, and told apart by the colour of their method", async () => {
  await sandbox();
  const page = await open("/docs");
  await ready();
  await page.getByRole("searchbox").fill("merge");
  await page.getByText("1 of 22 operations").waitFor();
  assert.deepEqual(await ids(), ["mergeLists"]);
  await page.getByRole("searchbox").fill("");
  const colours = await page.locator(".contents .method").evaluateAll((marks) => Object.fromEntries(marks.map((mark) => [mark.textContent, getComputedStyle(mark).color])));
  assert.equal(new Set(["GET", "POST", "PUT", "DELETE"].map((name) => colours[name])).size, 4);
  clean();
});

test("each operation has code in three languages; curl's sends what the form says", async () => {
  await sandbox("--seed");
  const page = await open("/docs");
  await ready();
  const merge = article("mergeLists");
  const command = await merge.locator("[role=tabpanel] pre").innerText();
  assert.equal(execFileSync("sh", ["-c", `${command} --silent --output /dev/null --write-out '%{http_code}'`]).toString(), "200");
  await merge.getByRole("tab", { name: "curl" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "Rust");
  await merge.locator("[role=tabpanel]").getByText(".merge(").waitFor();
  await page.keyboard.press("ArrowRight");
  await merge.locator("[role=tabpanel]").getByText("ListsApi(client).merge_lists").waitFor();
  // The choice holds for all of them.
  for (const id of await ids()) await article(id).locator("[role=tabpanel]").getByText("(client)").waitFor();
  clean();
});

test("the keyboard alone tries an operation", async () => {
  await sandbox();
  const page = await open("/docs");
  await ready();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the operations");
  await article("listStructures").locator("summary", { hasText: "Try it" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Send GET");
  await page.keyboard.press("Enter");
  await article("listStructures").getByText("Answer 200").waitFor();
  clean();
});

test("an answer that is cut is shown as such", async () => {
  await sandbox();
  await ask("POST", "/_sandbox/faults", { fault: "close-mid-body", operation: "createContact", times: 1 });
  await open("/docs");
  await ready();
  await article("createContact").getByText("Try it", { exact: true }).click();
  await article("createContact").getByRole("button", { name: "Send POST" }).click();
  await article("createContact").getByText("No answer").waitFor();
  assert.equal(await send("createContact"), 200);
  clean();
});

for (const [width, viewport] of [["a desktop", DESKTOP], ["a telephone", PHONE]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing in the reference, closed and open, on ${width} in ${colorScheme}`, async () => {
      await sandbox();
      const page = await open("/docs", { viewport, colorScheme });
      await ready();
      if (viewport === PHONE) await accessible("the reference");
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
      await send("createContact");
      await accessible("the reference, open");
      clean();
    });
  }
}
