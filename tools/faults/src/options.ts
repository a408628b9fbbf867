import { parseArgs } from 'node:util';
import { mutations } from './mutations/mutations.js';
import { scenarios } from './scenarios/registry.js';
import type { Scenario } from './scenario.js';

export interface Options {
  readonly scenarios: readonly Scenario[];
  /** Of the first round; each further round adds one. */
  readonly seed: number;
  /** Of each scenario. */
  readonly rounds: number;
}

/** Safeguards to take out, by name. */
export interface MutateOptions {
  readonly mutations: readonly string[];
}

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {}

export const usage = `usage: npm run faults [-- options]

Starts PostgreSQL, Redis and the services, writes through the API, breaks something, and
checks that nothing was lost, done twice or left waiting. The last line is a JSON object;
the exit code is 0 when no round failed.

  --list             show the scenarios, and the safeguards that --mutate takes out
  --scenario <name>  only this one; can be given again
  --quick            only those that take seconds
  --rounds <n>       so many rounds of each (1)
  --seed <n>         of the first round; each further one adds 1 (drawn)
  --mutate           take out one safeguard of the engine at a time, in a copy of the
                     sources, and show that a test notices
  --safeguard <name> only this one; can be given again
  --help

A round that fails says its seed and keeps its logs.
`;

const known = {
  list: { type: 'boolean', default: false },
  scenario: { type: 'string', multiple: true },
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '1' },
  seed: { type: 'string' },
  mutate: { type: 'boolean', default: false },
  safeguard: { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const;

const greatestSeed = 2 ** 31 - 1;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function parseOptions(args: string[]): Options | MutateOptions | 'help' | 'list' {
  const values = read(args);
  if (values.help) return 'help';
  if (values.list) return 'list';
  if (values.mutate) return { mutations: safeguards(values.safeguard ?? []) };
  return chosen(values);
}

function chosen({ scenario, quick, rounds, seed }: ReturnType<typeof read>): Options {
  const wanted = scenario?.map(named) ?? [...scenarios];
  return {
    scenarios: quick ? wanted.filter((one) => one.quick) : wanted,
    rounds: whole('--rounds', rounds, 10_000),
    seed:
      seed === undefined
        ? Math.ceil(Math.random() * 1_000_000)
        : whole('--seed', seed, greatestSeed),
  };
}

function safeguards(names: readonly string[]): readonly string[] {
  const known = mutations.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names.length > 0 ? names : known;
  throw new UsageError(`there is no safeguard "${unknown.join('", "')}": --list shows them`);
}

function named(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new UsageError(`there is no scenario "${name}": --list shows them`);
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from 1 to ${most}, not "${text}"`);
}
