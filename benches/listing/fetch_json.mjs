// Reads every contact with fetch, as most programs in JavaScript do.
import { readFileSync } from "node:fs";

const started = performance.now();
const answer = await fetch(`${process.argv[2]}/api/contact`, { headers: { "x-api-key": "bme_us_x" } });
let first = 0;
let count = 0;
for (const contact of await answer.json()) {
  if (count === 0) first = performance.now() - started;
  if (contact.key) count += 1;
}
const [, peak] = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ count, first_ms: first, peak_kib: Number(peak) }));
