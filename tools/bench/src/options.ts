import { parseArgs } from 'node:util';

/** What is known of a scenario before it runs. */
export interface ScenarioDescription {
  readonly name: string;
  readonly summary: string;
  /** How often everything is measured, unless asked otherwise; the figures are medians. */
  readonly runs: number;
  /** What is measured in turn. */
  readonly parts: readonly string[];
}

/** A scenario, and what of it is wanted. */
export interface Wanted {
  readonly scenario: string;
  readonly runs: number;
  readonly parts: readonly string[];
}

export type Options = { readonly show: 'help' | 'list' } | Wanted;

/** Something on the command line is wrong; the message says what. */
export class UsageError extends Error {}

export const usage = `usage: npm run bench -- <scenario> [--runs <n>] [--only <parts>]

Starts PostgreSQL and Redis of its own, measures, prints a table, and as its last line a JSON object.
Figures are medians. They mean something on an idle machine only.

  --runs <n>   how often everything is measured, 1 to 50
  --only <p>   measure only these parts, separated by commas
  --list       the scenarios and their parts
  --help
`;

/** The scenarios and their parts. */
export function listOf(scenarios: readonly ScenarioDescription[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines = scenarios.flatMap(({ name, summary, parts }) => [
    `${name.padEnd(width)}  ${summary}`,
    `${''.padEnd(width)}  parts: ${parts.join(', ')}`,
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

const known = {
  runs: { type: 'string' },
  only: { type: 'string' },
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
  const { runs, only } = values;
  return {
    scenario: name,
    runs: runs === undefined ? scenario.runs : runsOf(runs),
    parts: only === undefined ? scenario.parts : partsOf(only, scenario.parts),
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

function partsOf(text: string, known: readonly string[]): readonly string[] {
  const parts = text.split(',');
  const strange = parts.filter((part) => !known.includes(part));
  if (strange.length === 0) return parts;
  throw new UsageError(`--only takes ${known.join(', ')}, not ${strange.join(', ')}`);
}
