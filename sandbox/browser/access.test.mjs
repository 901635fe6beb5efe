// Every view in every state: at both widths, light and dark, for who sees, hears or only types.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, PHONE, accessible, ask, clean, contact, end, focused, open, sandbox, view } from "./harness.mjs";

const VIEWS = ["log", "account", "contacts", "lists", "structures", "clock", "faults", "rules"];

async function full() {
  const program = await sandbox("--seed", "--rate-limit", "20");
  const { _id } = await contact("x@example.com");
  await contact("x@example.com");
  await ask("PUT", `/_sandbox/contacts/${_id}/status`, { secondary: "Bounce" });
  const { json: [structure] } = await ask("GET", "/_sandbox/structures");
  await ask("POST", "/_sandbox/forms", { name: "Sign up", fields: [structure.fields[0]._id] });
  await ask("POST", "/_sandbox/faults", { fault: "status", status: 503, times: 1 });
  await ask("POST", "/_sandbox/faults", { fault: "delay", delayMs: 1 });
  for (let times = 0; times < 20; times += 1) await ask("GET", "/api/contact");
  return { program, id: _id };
}

for (const [width, viewport] of [["a desktop", DESKTOP], ["a telephone", PHONE]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`each view, empty and full, on ${width} in ${colorScheme}`, async () => {
      await sandbox();
      await open("/", { viewport, colorScheme });
      for (const name of VIEWS) {
        await view(name);
        await accessible(`${name}, empty`);
      }
      clean();
      const { program, id } = await full();
      const page = await open("/", { viewport, colorScheme });
      for (const name of [...VIEWS, "log/4", "log/1", "log/999", `contacts/${id}`, "contacts/66f1a6e4698f1bca60424901", "rules/contact-key-unique"]) {
        await view(name);
        await accessible(name);
      }
      await view("log");
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByLabel("Filter").fill("nothing like it");
      await end(program);
      await page.getByRole("alert").getByText("doesn't answer").waitFor();
      await accessible("log, paused and gone");
      clean();
    });
  }
}

test("on a telephone a thumb finds each control, and comes back from what it opened", async () => {
  const { id } = await full();
  const page = await open("/", { viewport: PHONE, hasTouch: true, isMobile: true });
  for (const name of [...VIEWS, "log/4", `contacts/${id}`]) {
    await view(name);
    const small = await page.evaluate(() => [...document.querySelectorAll("main button, main input:not(.hidden, [type=checkbox]), main select, main .button, header nav a, .back")]
      .filter((element) => element.offsetHeight > 0 && element.offsetHeight < 43).map((element) => element.outerHTML.slice(0, 80)));
    assert.deepEqual(small, [], name);
  }
  await view("log");
  await page.locator("#request-4").tap();
  await page.getByRole("heading", { name: "Request 4" }).waitFor();
  assert.equal(await page.locator("#request-4").isVisible(), false, "the list is still there");
  await page.getByRole("link", { name: "Back to the log" }).tap();
  await page.locator("#request-4").waitFor();
  clean();
});

test("the keyboard alone is enough", async () => {
  await full();
  const page = await open("/");
  await page.locator("#request-4").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  const reach = async (text) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()).includes(text)) return;
    }
    assert.fail(`no Tab leads to ${text}`);
  };
  await reach("createContact, request 4");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Request 4" }).waitFor();
  await page.getByRole("link", { name: "Why?" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#rule-contact-key-unique.chosen").waitFor();
  clean();
});
