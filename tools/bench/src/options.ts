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
  /** How many devices there are, unless asked otherwise; absent where that is no question. */
  readonly devices?: number;
}

/** A scenario, and what of it is wanted. */
export interface Wanted {
  readonly scenario: string;
  readonly runs: number;
  readonly parts: readonly string[];
  readonly events: number | undefined;
  readonly devices: number | undefined;
  /** Whether each device gets a document of its own. */
  readonly distinct: boolean;
}

export type Options = { readonly show: 'help' | 'list' } | Wanted;

/** What can be counted, from the fewest to the most. */
const BOUNDS = { events: [1_000, 100_000_000], devices: [100, 1_000_000] } as const;

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {}

export const usage = `usage: npm run bench -- <scenario> [--runs <n>] [--only <parts>] [--events <n>] [--devices <n> [--distinct]]

Starts PostgreSQL and Redis of its own, measures, prints a table, and as its last line a JSON object.
Figures are medians. They mean something on an idle machine only.

  --runs <n>   how often everything is measured, 1 to 50
  --only <p>   measure only these parts, separated by commas
  --events <n> how many events are in the log beforehand, where the list says how many there are
  --devices <n>
               how many devices there are, where the list says how many
  --distinct   each of these devices gets a document of its own, instead of all the same
  --list       the scenarios and their parts
  --help
`;

/** The scenarios and their parts. */
export function listOf(scenarios: readonly ScenarioDescription[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.flatMap(({ name, summary, parts, events, devices }) => {
    const counts = Object.entries({ events, devices }).filter(([, count]) => count !== undefined);
    const more = counts.map(([what, count]) => `; ${what}: ${count}`).join('');
    return [
      `${name.padEnd(width)}  ${summary}`,
      `${''.padEnd(width)}  parts: ${parts.join(', ')}${more}`,
    ];
  });
  return lines.map((line) => `${line}\n`).join('');
}

const known = {
  runs: { type: 'string' },
  only: { type: 'string' },
  events: { type: 'string' },
  devices: { type: 'string' },
  distinct: { type: 'boolean', default: false },
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
  const scenario = scenarioOf(positionals, scenarios);
  const { runs, only, distinct } = values;
  return {
    scenario: scenario.name,
    runs: runs === undefined ? scenario.runs : runsOf(runs),
    parts: only === undefined ? scenario.parts : partsOf(only, scenario.parts),
    events: countOf('events', values.events, scenario),
    devices: countOf('devices', values.devices, scenario),
    distinct: distinct && distinctIn(scenario),
  };
}

function scenarioOf(
  [name, ...more]: readonly string[],
  scenarios: readonly ScenarioDescription[],
): ScenarioDescription {
  if (name === undefined) throw new UsageError('which scenario? --list shows them');
  if (more.length > 0) throw new UsageError(`one scenario at a time, not also ${more.join(', ')}`);
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario) throw new UsageError(`there is no scenario "${name}"; --list shows them`);
  return scenario;
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

function countOf(
  what: keyof typeof BOUNDS,
  text: string | undefined,
  scenario: ScenarioDescription,
): number | undefined {
  const usual = scenario[what];
  if (text === undefined) return usual;
  if (usual === undefined) throw new UsageError(`${scenario.name} does not take --${what}`);
  const [fewest, most] = BOUNDS[what];
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= fewest && count <= most) return count;
  throw new UsageError(`--${what} must be a whole number from ${fewest} to ${most}, not "${text}"`);
}

/** Documents are different where there are devices. */
function distinctIn({ name, devices }: ScenarioDescription): true {
  if (devices !== undefined) return true;
  throw new UsageError(`${name} does not take --distinct`);
}

function partsOf(text: string, known: readonly string[]): readonly string[] {
  const parts = text.split(',');
  const strange = parts.filter((part) => !known.includes(part));
  if (strange.length === 0) return parts;
  throw new UsageError(`--only takes ${known.join(', ')}, not ${strange.join(', ')}`);
}
