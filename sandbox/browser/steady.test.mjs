// The page while things happen behind it: what a person looks at stays as it is, and says what is so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, ask, clean, contact, end, focused, it, open, sandbox, view } from "./harness.mjs";

/** Comes back when the page has looked again, twice: once is the look that may be under way. */
async function looked() {
  for (let times = 0; times < 2; times += 1) await it.page.waitForResponse((response) => response.url().endsWith("/_sandbox"));
  await it.page.waitForTimeout(100);
}

test("the log goes on when the sandbox is started again on the same port", async () => {
  const first = await sandbox();
  for (let times = 0; times < 3; times += 1) await ask("GET", "/api/contact");
  const page = await open("/");
  await page.locator("#request-3").waitFor();
  await end(first);
  await page.getByRole("alert").getByText("The sandbox doesn't answer").waitFor();
  // The other one was asked something before the page looks.
  await page.context().setOffline(true);
  await sandbox("--listen", new URL(it.base).port);
  await ask("GET", "/api/contact/nobody");
  await page.context().setOffline(false);
  await page.getByRole("alert").getByText("The sandbox was restarted").waitFor();
  await page.locator("#request-1").getByText("404").waitFor();
  assert.equal(await page.locator("#request-3").count(), 0, "the log of the one that is gone");
  await page.getByRole("button", { name: "Good" }).click();
  assert.equal(await page.getByRole("alert").innerText(), "");
  clean();
});

test("requests close nothing that is read, and what is selected stays so", async () => {
  await sandbox();
  const { _id } = await contact("jane@example.com");
  const page = await open(`/#/contacts/${_id}`);
  await page.getByRole("heading", { name: "jane@example.com" }).waitFor();
  const select = (selector) => page.evaluate((selector) => getSelection().selectAllChildren(document.querySelector(selector)), selector);
  const selected = () => page.evaluate(() => getSelection().toString().trim());
  await select(".detail h2");
  await page.getByLabel("Find in keys and values").fill("not sent yet");
  await select(".detail h2");
  await contact("joe@example.com");
  await page.getByText("2 contacts, page 1 of 1").waitFor();
  assert.equal(await selected(), "jane@example.com");
  assert.equal(await page.getByLabel("Find in keys and values").inputValue(), "not sent yet");

  await page.getByRole("link", { name: "Account" }).click();
  await page.locator("#base-url").waitFor();
  await select("#base-url");
  await ask("GET", "/api/contact");
  await looked();
  assert.equal(await selected(), it.base);
  clean();
});

test("the keyboard stays where it is on a page that turns and a fault that goes", async () => {
  await sandbox("--contacts", "80");
  const page = await open("/#/contacts");
  const next = page.getByRole("button", { name: "Next page" });
  await next.focus();
  for (const number of [2, 3, 4]) {
    await page.keyboard.press("Enter");
    await page.getByText(`page ${number} of 4`).waitFor();
    assert.equal(await focused(), "Next page");
  }
  await page.keyboard.press("Enter");
  await looked();
  assert.equal(await page.getByText("page 4 of 4").count(), 1, "there is no page after the last");

  for (const status of [500, 502]) await ask("POST", "/_sandbox/faults", { fault: "status", status });
  await page.goto(`${it.base}/#/faults`);
  await page.getByRole("button", { name: "Clear fault 1" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Fault 1 was cleared.").waitFor();
  assert.equal(await focused(), "Clear fault 2");
  await page.keyboard.press("Enter");
  await page.getByText("No fault is armed").first().waitFor();
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY");
  clean();
});

test("a page of contacts that is gone by a reset gives way to one that is there", async () => {
  await sandbox("--contacts", "80");
  const page = await open("/#/contacts");
  for (const number of [2, 3, 4]) {
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByText(`page ${number} of 4`).waitFor();
  }
  await ask("POST", "/_sandbox/reset");
  await page.getByText("There are no contacts yet.").waitFor();
  await page.getByRole("button", { name: "Generate 100" }).click();
  await page.getByText("page 1 of 4").waitFor();
  clean();
});

test("a pause is seen, and ends where it began", async () => {
  await sandbox();
  await ask("GET", "/api/contact");
  const page = await open("/");
  await page.locator("#request-1").waitFor();
  const before = await page.getByRole("button", { name: "Pause" }).evaluate((button) => getComputedStyle(button).backgroundColor);
  await page.getByRole("button", { name: "Pause" }).click();
  const on = page.getByRole("button", { name: "Go on" });
  assert.notEqual(await on.evaluate((button) => getComputedStyle(button).backgroundColor), before);
  assert.equal(await on.getAttribute("aria-pressed"), "true");
  await ask("GET", "/api/contact");
  await looked();
  assert.equal(await page.locator("#request-2").count(), 0);
  await on.click();
  await page.locator("#request-2").waitFor();
  clean();
});

test("how it went is said where it was asked", async () => {
  await sandbox();
  const page = await open("/#/faults");
  await page.getByRole("button", { name: "Arm", exact: true }).click();
  const said = page.getByText("The fault is armed.");
  await said.waitFor();
  const [button, text] = [await page.getByRole("button", { name: "Arm", exact: true }).boundingBox(), await said.boundingBox()];
  assert.ok(Math.abs(button.y - text.y) < 60, `${button.y} and ${text.y}`);
  clean();
});

test("what is left can't be more than the limit, which is set on its own", async () => {
  await sandbox("--stopped-clock");
  const page = await open("/#/account");
  await page.getByLabel("Left in the hour").fill("999999");
  await page.getByRole("button", { name: "Set what is left" }).click();
  assert.ok(await page.getByLabel("Left in the hour").evaluate((input) => input.validity.rangeOverflow));
  await page.getByLabel("Left in the hour").fill("7");
  await page.getByRole("button", { name: "Set what is left" }).click();
  await page.getByText("7 of 3,600").waitFor();
  await page.getByLabel("Limit of an hour").fill("50");
  await page.getByRole("button", { name: "Set the limits" }).click();
  await page.getByText("of 50").waitFor();
  clean();
});

test("the standing that is shown and offered is the one in force", async () => {
  await sandbox();
  const page = await open("/#/account");
  const offered = page.getByRole("combobox", { name: "Standing" });
  assert.equal(await offered.inputValue(), "open");
  await ask("PUT", "/_sandbox/account", { standing: "past-due" });
  await page.locator("#standing").getByText("past due").waitFor();
  assert.equal(await offered.inputValue(), "past-due");
  await page.getByText("each request is refused with 403").waitFor();
  clean();
});

test("a fault that is used up counts as armed no more", async () => {
  await sandbox();
  await ask("POST", "/_sandbox/faults", { fault: "status", status: 503, times: 1 });
  const page = await open("/#/faults");
  await page.getByRole("heading", { name: "Armed: 1" }).waitFor();
  await page.getByRole("link", { name: "Faults 1 armed" }).waitFor();
  await ask("GET", "/api/contact");
  await page.getByRole("heading", { name: "No fault is armed" }).waitFor();
  await page.getByRole("cell", { name: "used up" }).waitFor();
  assert.equal(await page.locator(".badge").count(), 0);
  clean();
});

test("on a telephone no row is tall or empty", async () => {
  await sandbox("--contacts", "30");
  for (let times = 0; times < 5; times += 1) await ask("GET", `/api/contact/nobody${times}`);
  const page = await open("/", { viewport: PHONE });
  for (const name of ["log", "contacts", "lists", "rules", "account", "structures"]) {
    await view(name);
    await page.locator("tbody tr").first().waitFor();
    const rows = await page.locator("tbody tr").evaluateAll((rows) => rows.map((row) => ({ height: row.offsetHeight, text: row.innerText.length,
      empty: [...row.cells].filter((cell) => cell.offsetHeight > 0 && !cell.innerText.trim() && !cell.querySelector("select")).length })));
    for (const { height, text, empty } of rows) {
      assert.equal(empty, 0, name);
      assert.ok(height < 130 + text, `${name}: ${height} px for ${text} letters`);
    }
    clean();
  }
});
