// Pictures of the pages, for who wants to look: into sandbox/browser/shots.
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { DESKTOP, PHONE, ask, clean, it, open, sandbox, view } from "./harness.mjs";

const SHOTS = new URL("shots/", import.meta.url).pathname;
const shoot = (name) => it.page.screenshot({ path: `${SHOTS}${name}.png` });

/** An hour of an account with traffic in it: contacts made, one changed twice, refusals, a fault, the limit reached. */
async function busy() {
  await sandbox("--seed", "--stopped-clock", "--rate-limit", "120");
  const minutes = (number) => ask("POST", "/_sandbox/clock", { advanceSeconds: number * 60 });
  const { json: [structure] } = await ask("GET", "/api/contact-structure");
  const { json: [list] } = await ask("GET", "/_sandbox/lists");
  const field = (label) => structure.fields.find((field) => field.label === label)._id;
  const create = (key, ...values) => ask("POST", "/api/contact", { key, contactStructureId: structure._id, lists: [{ _id: list._id }],
    fields: values.map(([label, value]) => ({ _id: field(label), value })) });
  const { json: ada } = await create("ada@example.com", ["First Name", "Ada"], ["Company", "Analytical Engines"], ["Seats", 12]);
  for (let minute = 0; minute < 34; minute += 1) {
    for (let times = (minute * 7) % 5; times > 0; times -= 1) await ask("GET", `/api/contact/${ada._id}`);
    await minutes(1);
  }
  await ask("PUT", `/api/contact/${ada._id}`, { key: ada.key, contactStructureId: structure._id, __v: 0, lists: [], tags: [{ _id: structure.tags[0]._id }],
    fields: [{ _id: field("First Name"), value: "Ada" }, { _id: field("Last Name"), value: "King" }, { _id: field("Seats"), value: 40 }] });
  await ask("POST", "/_sandbox/faults", { fault: "drop-after-commit", operation: "createContact", times: 1 });
  await create("grace@example.com", ["First Name", "Grace"]).catch(() => {});
  for (let minute = 0; minute < 12; minute += 1) {
    for (let times = 0; times < 3 + minute; times += 1) await ask("GET", "/api/contact");
    await minutes(1);
  }
  return ada._id;
}

test("each picture", async () => {
  await mkdir(SHOTS, { recursive: true });
  const ada = await busy();
  const { json: requests } = await ask("GET", "/_sandbox/requests");
  const struck = requests.findLast(({ fault }) => fault).number;
  // The hour is over, and somebody asks for what is there already.
  await ask("POST", "/_sandbox/clock", { advanceSeconds: 8 * 60 });
  await ask("PUT", "/_sandbox/account", { hourlyLeft: 40 });
  const { json: [structure] } = await ask("GET", "/_sandbox/structures");
  await ask("GET", "/api/contact/66f1a6e4698f1bca60424901");
  await ask("POST", "/api/contact", { key: "grace@example.com", contactStructureId: structure._id });
  const refused = (await ask("GET", "/_sandbox/requests")).json.at(-1).number;
  for (const [device, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(`/#/log/${refused}`, { viewport, colorScheme });
      await page.getByRole("heading", { name: `Request ${refused}` }).waitFor();
      await page.locator(".chart rect").first().waitFor({ state: "attached" });
      await page.evaluate(() => scrollTo(0, 0));
      await shoot(`log-refusal-${device}-${colorScheme}`);
      await view("log");
      await shoot(`log-chart-${device}-${colorScheme}`);
      await view(`contacts/${ada}`);
      await page.getByRole("table", { name: "What differs" }).scrollIntoViewIfNeeded();
      await page.evaluate(() => document.activeElement.blur());
      await shoot(`contact-difference-${device}-${colorScheme}`);
      clean();
    }
  }
  let page = await open(`/#/log/${struck}`);
  await page.getByRole("button", { name: "Arm this fault again" }).waitFor();
  await shoot("log-fault-desktop-light");
  for (const [device, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    page = await open("/", { viewport });
    for (const name of ["account", "faults", "clock", "rules", "structures"]) {
      await view(name);
      await shoot(`${name}-${device}-light`);
    }
    await page.goto(`${it.base}/docs#createContact`);
    await page.locator("html[data-ready=yes]").waitFor();
    await page.locator("article#createContact").getByText("Try it", { exact: true }).click();
    await page.locator("article#createContact").getByRole("button", { name: "Send POST" }).click();
    await page.getByText("Answer 200").scrollIntoViewIfNeeded();
    await shoot(`docs-${device}-light`);
  }
  clean();
});
