// The other views: each switch of the sandbox, and what the account holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, clean, contact, it, open, sandbox } from "./harness.mjs";

test("two versions of a contact are compared, and what happened to it is told", async () => {
  await sandbox("--seed");
  const { json: [jane] } = await ask("GET", "/api/contact");
  const fields = jane.fields.slice(1).map(({ _id, value }) => ({ _id, value }));
  const { key, contactStructureId, __v } = jane;
  assert.equal((await ask("PUT", `/api/contact/${jane._id}`, { key, contactStructureId, __v, fields, lists: [], tags: [] })).status, 200);
  const page = await open(`/#/contacts/${jane._id}`);
  await page.getByRole("table", { name: "What differs between version 0 and 1" }).waitFor();
  assert.ok(await page.locator("del").count() > 0);
  await ask("PUT", `/_sandbox/contacts/${jane._id}/status`, { secondary: "Bounce" });
  await page.getByLabel("to version").selectOption({ index: 2 });
  await page.getByRole("row", { name: "status Active Inactive, Bounce" }).waitFor();
  await page.locator(".timeline").getByText("contact-updated").first().waitFor();

  await ask("DELETE", `/api/contact/${jane._id}`);
  await page.getByText("It was deleted. This is what it was.").waitFor();
  clean();
});

test("contacts are found, and made inactive as the service does", async () => {
  await sandbox("--contacts", "30");
  const { _id } = await contact("jane.smith@example.com");
  const page = await open("/#/contacts");
  await page.getByText("31 contacts, page 1 of 2, newest first").waitFor();
  await page.getByLabel("Find in keys and values").fill("jane.smith@");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("1 contact, page 1 of 1").waitFor();
  await page.getByRole("link", { name: "jane.smith@example.com" }).click();
  await page.getByLabel("Make it inactive").selectOption("Complaint-FBL");
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByText("The status was set.").waitFor();
  const { json } = await ask("GET", `/api/contact/${_id}`);
  assert.deepEqual(json.status, { primary: "Inactive", secondary: "Complaint-FBL" });
  clean();
});

test("what a contact is called never becomes part of the page", async () => {
  await sandbox();
  const name = "<img src=x onerror=\"document.title='broken'\"><b id=broken>";
  await ask("PUT", "/_sandbox/state", { contacts: [{ key: "x@example.com", fields: { "First Name": name } }], lists: [name] });
  const page = await open("/#/contacts");
  await page.getByText("First Name: <img src=x").waitFor();
  await page.getByRole("link", { name: "x@example.com" }).click();
  await page.locator(".detail dd").getByText("<img src=x").waitFor();
  await page.getByRole("link", { name: "Lists" }).click();
  await page.getByRole("cell", { name: "<img src=x" }).waitFor();
  await ask("GET", `/api/contact?x=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name: "Log" }).click();
  await page.locator("#request-1 a").click();
  await page.locator(".detail").getByText(encodeURIComponent("<img")).first().waitFor();
  assert.equal(await page.locator("#broken, img").count(), 0);
  assert.equal(await page.title(), "Log · Sandbox");
  clean();
});

test("a snapshot is saved, and loaded again", async () => {
  await sandbox();
  await contact("jane@example.com");
  const page = await open("/#/account");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Save a snapshot" }).click()]);
  const path = await download.path();
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Reset the account" }).click();
  await page.getByText("0 contacts, 0 lists").waitFor();
  await page.locator("input[type=file]").setInputFiles(path);
  await page.getByText("1 contact, 0 lists").waitFor();
  assert.equal((await ask("GET", "/api/contact")).json[0].key, "jane@example.com");

  await page.locator("input[type=file]").setInputFiles({ name: "odd.json", mimeType: "application/json", buffer: Buffer.from('{"contacts": 1}') });
  await page.getByText("That failed:").waitFor();
  clean();
});

test("keys are made and switched off", async () => {
  await sandbox();
  const page = await open("/#/account");
  const form = page.getByRole("form", { name: "A new key" });
  await form.getByLabel("contacts:write").uncheck();
  await form.getByLabel("contacts:read").check();
  await form.getByRole("button", { name: "Make a key" }).click();
  await page.getByText("The key was made.").waitFor();
  const { json: keys } = await ask("GET", "/_sandbox/keys");
  assert.deepEqual(keys[2].scopes, ["contacts:read"]);
  await page.getByLabel(`State of the key …${it.key.slice(-4)}`).selectOption("expired");
  await page.getByText(`The key …${it.key.slice(-4)} is expired.`).waitFor();
  assert.equal((await ask("GET", "/api/contact")).status, 401);
  clean();
});

test("a form is published and holds its fields, and a search is made to lag", async () => {
  await sandbox();
  const page = await open("/#/structures");
  const form = page.getByRole("form", { name: "Publish a form" });
  await form.getByLabel("Name", { exact: true }).fill("Sign up");
  await form.getByLabel("Company").check();
  await form.getByRole("button", { name: "Publish a form" }).click();
  await page.getByRole("row", { name: "Sign up Company" }).waitFor();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByLabel("Lag in ms").fill("2000");
  await page.getByRole("button", { name: "Set the lag" }).click();
  await page.getByText("see a change 2,000 ms later").waitFor();
  clean();
});

test("every fault can be armed with all that it can be told", async () => {
  await sandbox();
  const page = await open("/#/faults");
  const form = page.getByRole("form", { name: "Arm a fault" });
  await form.waitFor();
  const names = await form.getByLabel("What goes wrong").locator("option").allInnerTexts();
  assert.equal(names.length, 17);
  for (const name of names) {
    await form.getByLabel("What goes wrong").selectOption(name);
    if (name === "headers") await form.locator("[name=headers]").fill("X-RateLimit-Remaining:\nX-More: a:b");
    await form.getByLabel("Delay in ms").fill("5");
    await form.getByRole("button", { name: "Arm", exact: true }).click();
    await page.locator("tbody tr").getByText(name, { exact: true }).waitFor();
  }
  await form.getByLabel("What goes wrong").selectOption("status");
  await form.locator("[name=body]").fill('{"a": 1}');
  await form.locator("[name=headers]").fill("Retry-After: 2");
  await form.getByLabel("Operation").selectOption("getContact");
  await form.getByLabel("Method").selectOption("GET");
  for (const [name, value] of [["times", "2"], ["nth", "3"], ["probability", "0.5"], ["seed", "7"]]) await form.locator(`[name=${name}]`).fill(value);
  await form.getByRole("button", { name: "Arm", exact: true }).click();
  await page.getByRole("heading", { name: "Armed: 18" }).waitFor();
  const { json: faults } = await ask("GET", "/_sandbox/faults");
  assert.deepEqual(faults.find(({ fault }) => fault === "headers").headers, { "X-RateLimit-Remaining": null, "X-More": "a:b" });
  const { id, struck, spent, ...last } = faults.at(-1);
  assert.deepEqual(last, { fault: "status", status: 503, body: { a: 1 }, headers: { "Retry-After": "2" }, operation: "getContact", method: "GET", times: 2, nth: 3, probability: 0.5, seed: 7, delayMs: 5 });
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByText("No fault is armed").first().waitFor();
  clean();
});

test("the clock is stopped, moved and set, and a rule is read the other way", async () => {
  await sandbox("--stopped-clock");
  const page = await open("/#/clock");
  await page.getByText("It stands still until it is moved.").waitFor();
  const now = async () => Date.parse(await page.locator("#now time").getAttribute("datetime"));
  const before = await now();
  await page.getByRole("button", { name: "A day" }).click();
  await page.getByText("The clock was advanced.").waitFor();
  assert.equal(await now() - before, 86_400_000);
  await page.getByLabel("Date and time, UTC").fill("2027-03-28T14:30");
  await page.getByRole("button", { name: "Set the clock" }).click();
  await page.getByText("2027-03-28 14:30:00").waitFor();
  await page.getByRole("button", { name: "Let it run" }).click();
  await page.getByText("It runs.").waitFor();

  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByLabel("Reading of contacts-shape").selectOption("wrapper");
  await page.getByText("It is read as wrapper.").waitFor();
  const { json: rules } = await ask("GET", "/_sandbox/rules");
  assert.equal(rules.find(({ name }) => name === "contacts-shape").reading, "wrapper");
  clean();
});
