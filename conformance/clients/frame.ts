// What the scenarios in TypeScript share: where the sandbox is, what its account holds, and the frame that
// runs the steps and says in TAP which of them held. It knows no generated client.

import { isDeepStrictEqual, inspect } from 'node:util';

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment variable ${name} is missing`);
  return value;
}

export const BASE_URL = variable('BENCHMARK_EMAIL_BASE_URL');
export const API_KEY = variable('BENCHMARK_EMAIL_API_KEY');
export const READ_ONLY_API_KEY = variable('READ_ONLY_API_KEY');

export const UNKNOWN_ID = 'ffffffffffffffffffffffff';
export const TYPES = {
  'First Name': 'text',
  Company: 'text',
  Seats: 'number',
  'Subscribed to blog': 'boolean',
  'Customer Since': 'date',
  Birthday: 'recurrent_date',
};
export const VALUES = {
  'First Name': 'Ada',
  Company: 'Analytical Engines',
  Seats: 12,
  'Subscribed to blog': true,
  'Customer Since': '2026-01-31',
  Birthday: '12-10',
};

/** Something expected that didn't come; its message is the whole story. */
class Unmet extends Error {}

/** Equal in value and in type, deeply. */
export function equal(what: string, came: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(came, expected)) {
    throw new Unmet(`${what}: expected ${inspect(expected)}, came ${inspect(came)}`);
  }
}

export function holds(what: string, yes: boolean): void {
  if (!yes) throw new Unmet(`${what}: doesn't hold`);
}

/** What has to be there; where it isn't, `what` says what is missing. */
export function present<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Unmet(`${what}: is missing`);
  return value;
}

/** What a step hands on to later ones. Asked too early, it names the step that gives it. */
export class HandedOn<T> {
  #value: T | undefined;
  constructor(readonly step: number) {}
  set(value: T): void {
    this.#value = value;
  }
  get(): T {
    if (this.#value === undefined) throw new Unmet(`needs step ${this.step}`);
    return this.#value;
  }
}

type Step = () => Promise<void>;

/** Runs the steps in their order; exits with 1 if one didn't hold. */
export async function play(steps: Record<string, Step>): Promise<void> {
  const all = Object.entries(steps);
  console.log(`1..${all.length}`);
  for (const [index, [name, step]] of all.entries()) {
    try {
      await step();
      console.log(`ok ${index + 1} - ${name}`);
    } catch (problem) {
      process.exitCode = 1;
      console.log(`not ok ${index + 1} - ${name}`);
      const told = problem instanceof Unmet ? problem.message : inspect(problem);
      console.log(told.replace(/^/gm, '# '));
    }
  }
}

/** Tells the sandbox how many requests are left in the hour. */
export async function setHourlyLeft(requests: number): Promise<void> {
  const answer = await fetch(`${BASE_URL}/_sandbox/account`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ hourlyLeft: requests }),
  });
  equal('the sandbox', answer.status, 200);
}
