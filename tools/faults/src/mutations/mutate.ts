import { root } from '../stage/build.js';
import { mutations } from './mutations.js';
import type { Mutation } from './mutation.js';
import { Workshop, type Outcome } from './workshop.js';

export interface MutationSummary {
  readonly mutations: number;
  readonly noticed: number;
  /** Safeguards whose absence no test saw, or of which that could not be said. */
  readonly missed: readonly string[];
}

/** Why a run without the safeguard proves nothing; undefined when a test failed, and only because of that. */
export function doubt(before: Outcome, without: Outcome): string | undefined {
  if (before.failed > 0 || before.broken > 0) return 'its tests fail with the safeguard, too';
  if (before.passed === 0) return 'it has no tests';
  if (without.broken > 0) return 'its tests do not run without the safeguard';
  return without.failed > 0 ? undefined : 'no test noticed';
}

/**
 * Takes out one safeguard at a time, in a copy of the sources, and runs the tests that must notice.
 * @param names of mutations
 */
export async function mutate(
  say: (line: string) => void,
  signal: AbortSignal,
  names: readonly string[],
): Promise<MutationSummary> {
  const chosen = mutations.filter(({ name }) => names.includes(name));
  const workshop = Workshop.open(root, signal);
  const before = new Map<string, Outcome>();
  const missed: string[] = [];
  try {
    for (const [at, mutation] of chosen.entries()) {
      say(`${at + 1}/${chosen.length} ${mutation.name}: without "${mutation.safeguard}"`);
      const reason = await tryOne(workshop, mutation, before);
      say(reason ? `  MISSED: ${reason}` : '  noticed');
      if (reason) missed.push(mutation.name);
    }
  } finally {
    workshop.close();
  }
  return { mutations: chosen.length, noticed: chosen.length - missed.length, missed };
}

/** The tests run with the safeguard first, once for all mutations that have the same ones. */
async function tryOne(
  workshop: Workshop,
  mutation: Mutation,
  before: Map<string, Outcome>,
): Promise<string | undefined> {
  const key = [mutation.tests.project, ...mutation.tests.patterns].join(' ');
  const sound = before.get(key) ?? (await workshop.run(mutation.tests));
  before.set(key, sound);
  return doubt(sound, await workshop.runWithout(mutation));
}
