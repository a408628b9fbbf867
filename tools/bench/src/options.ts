import { parseArgs } from 'node:util';

/** What is known of a scenario before it runs. */
export interface ScenarioDescription {
  readonly name: string;
  readonly summary: string;
  /** How often everything is measured, unless asked otherwise; the figures are medians. */
  readonly runs: number;
  /** What is measured in turn. */
  readonly parts: readonly string[];
  /** How many events are in the log beforehand, unless asked otherwise; absent where that is no question. */
  readonly events?: number;
}

/** A scenario, and what of it is wanted. */
export interface Wanted {
  readonly scenario: string;
  readonly runs: number;
  readonly parts: readonly string[];
  readonly events: number | undefined;
}

export type Options = { readonly show: 'help' | 'list' } | Wanted;

const FEWEST_EVENTS = 1_000;
const MOST_EVENTS = 100_000_000;

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {}

export const usage = `usage: npm run bench -- <scenario> [--runs <n>] [--only <parts>] [--events <n>]

Starts PostgreSQL and Redis of its own, measures, prints a table, and as its last line a JSON object.
Figures are medians. They mean something on an idle machine only.

  --runs <n>   how often everything is measured, 1 to 50
  --only <p>   measure only these parts, separated by commas
  --events <n> how many events are in the log beforehand, where the list says how many there are
  --list       the scenarios and their parts
  --help
`;

/** The scenarios and their parts. */
export function listOf(scenarios: readonly ScenarioDescription[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.flatMap(({ name, summary, parts, events }) => [
    `${name.padEnd(width)}  ${summary}`,
    `${''.padEnd(width)}  parts: ${parts.join(', ')}${events === undefined ? '' : `; events: ${events}`}`,
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

const known = {
  runs: { type: 'string' },
  only: { type: 'string' },
  events: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Reads the command line.
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  scenarios: readonly ScenarioDescription[],
): Options {
  const { values, positionals } = read(args);
  if (values.help) return { show: 'help' };
  if (values.list) return { show: 'list' };
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError('which scenario? --list shows them');
  if (more.length > 0) throw new UsageError(`one scenario at a time, not also ${more.join(', ')}`);
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario) throw new UsageError(`there is no scenario "${name}"; --list shows them`);
  const { runs, only, events } = values;
  return {
    scenario: name,
    runs: runs === undefined ? scenario.runs : runsOf(runs),
    parts: only === undefined ? scenario.parts : partsOf(only, scenario.parts),
    events: eventsOf(events, scenario),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function runsOf(text: string): number {
  const runs = Number(text);
  if (/^\d+$/.test(text) && runs >= 1 && runs <= 50) return runs;
  throw new UsageError(`--runs must be a whole number from 1 to 50, not "${text}"`);
}

function eventsOf(
  text: string | undefined,
  { name, events }: ScenarioDescription,
): number | undefined {
  if (text === undefined) return events;
  if (events === undefined) throw new UsageError(`${name} does not take --events`);
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= FEWEST_EVENTS && count <= MOST_EVENTS) return count;
  throw new UsageError(
    `--events must be a whole number from ${FEWEST_EVENTS} to ${MOST_EVENTS}, not "${text}"`,
  );
}

function partsOf(text: string, known: readonly string[]): readonly string[] {
  const parts = text.split(',');
  const strange = parts.filter((part) => !known.includes(part));
  if (strange.length === 0) return parts;
  throw new UsageError(`--only takes ${known.join(', ')}, not ${strange.join(', ')}`);
}
