// The log: found, read, asked again, explained.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { ask, clean, contact, it, open, sandbox } from "./harness.mjs";

test("list and request lie side by side, with times, status, operation and key", async () => {
  await sandbox();
  await contact("jane@example.com");
  await contact("jane@example.com");
  const page = await open("/");
  const row = page.locator("#request-4");
  await row.getByText("createContact").click();
  for (const text of ["createContact", "400", "contact-key-unique", `…${it.key.slice(-4)}`]) await row.getByText(text).first().waitFor();
  assert.match(await row.locator("td").nth(1).innerText(), /^[\d.]+ ms$/);
  const instant = await row.locator("time").getAttribute("title");
  assert.ok(Date.parse(instant) > Date.now() - 600_000, instant);
  const detail = page.locator(".detail");
  await detail.getByRole("heading", { name: "Request 4" }).waitFor();
  await detail.getByText('"DuplicateFieldError"').waitFor();
  await page.locator("main[data-shown='#/log/4']").waitFor();
  assert.equal(await page.evaluate(() => scrollY), 0, "the list moves under the mouse");
  await detail.getByRole("region", { name: "Sent" }).getByText("jane@example.com").waitFor();
  const [list, beside] = [await page.locator(".split > .panel").first().boundingBox(), await detail.boundingBox()];
  assert.ok(beside.x > list.x + list.width - 1, "the request isn't beside the list");

  await detail.getByRole("link", { name: "Why?" }).click();
  await page.locator("#rule-contact-key-unique.chosen").waitFor();
  assert.ok(await page.locator("#rule-contact-key-unique").evaluate((row) => row.getBoundingClientRect().top < innerHeight));
  clean();
});

test("the log is filtered by words and by outcome", async () => {
  await sandbox();
  await contact("jane@example.com");
  await ask("GET", "/api/contact/nobody");
  await ask("POST", "/_sandbox/faults", { fault: "status", status: 429, times: 1 });
  await ask("GET", "/api/contact");
  const page = await open("/");
  const numbers = () => page.locator(".split tbody tr").evaluateAll((rows) => rows.map((row) => row.id));
  await page.locator("#request-4").waitFor();
  await page.getByLabel("Filter").fill("get 404");
  await page.getByText("1 request of 4").waitFor();
  assert.deepEqual(await numbers(), ["request-3"]);
  await page.getByLabel("Filter").fill("");
  for (const [outcome, expected] of [["went well", ["request-2", "request-1"]], ["refused", ["request-4", "request-3"]], ["429", ["request-4"]], ["struck by a fault", ["request-4"]]]) {
    await page.getByLabel("Outcome").selectOption(outcome);
    assert.deepEqual(await numbers(), expected, outcome);
  }
  await page.getByLabel("Filter").fill("nothing like it");
  await page.getByText("No request fits the filter.").waitFor();
  clean();
});

test("a request is copied as a command that sends the same", async () => {
  await sandbox();
  await contact("o'hara@example.com");
  const page = await open("/#/log/2");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("Copied").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  execFileSync("sh", ["-c", `${command} --silent`]);
  const { json: requests } = await ask("GET", "/_sandbox/requests");
  const [sent, again] = requests.slice(-2);
  for (const part of ["method", "path", "body", "key"]) assert.deepEqual(again[part], sent[part]);
  assert.equal(again.body.key, "o'hara@example.com");
  clean();
});

test("a fault that struck is armed again from its request", async () => {
  await sandbox();
  const fault = { fault: "status", status: 503, operation: "listContacts", times: 1, headers: { "Retry-After": "2" } };
  await ask("POST", "/_sandbox/faults", fault);
  assert.equal((await ask("GET", "/api/contact")).status, 503);
  await ask("DELETE", "/_sandbox/faults");
  assert.equal((await ask("GET", "/api/contact")).status, 200);
  const page = await open("/#/log/1");
  await page.getByRole("button", { name: "Arm this fault again" }).click();
  await page.getByText("The fault is armed again.").waitFor();
  assert.equal((await ask("GET", "/api/contact")).status, 503);
  clean();
});

test("the hour is drawn, and ends at a button", async () => {
  await sandbox("--stopped-clock", "--rate-limit", "3");
  for (let times = 0; times < 5; times += 1) await ask("GET", "/api/contact");
  const page = await open("/");
  await page.getByText("5 requests in the last hour, 2 of them answered 429. 0 of 3 left, all of them again in 1 h.").waitFor();
  const bars = await page.locator(".chart rect").evaluateAll((bars) => bars.map((bar) => [bar.getAttribute("class"), Number(bar.getAttribute("height"))]));
  assert.deepEqual(bars, [["requests", 60], ["refused", 40]]);
  await page.getByRole("button", { name: "To the next hour" }).click();
  await page.getByText("3 of 3 left").waitFor();
  assert.equal((await ask("GET", "/api/contact")).status, 200);
  clean();
});

test("a log without requests offers a command that makes one", async () => {
  await sandbox();
  const page = await open("/");
  const command = await page.locator(".empty pre").innerText();
  execFileSync("sh", ["-c", `${command} --silent`]);
  await page.locator("#request-1").getByText("200").waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByText("Nothing was asked yet").waitFor();
  clean();
});
