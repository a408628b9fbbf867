import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond, round } from '../../figures.js';
import { TooSlow } from '../../until.js';

const SHORTEST_MS = 20;
/** So that counting costs little of what is measured. */
const LONGEST_MS = 1_000;
const SAY_EVERY_MS = 2_000;

/** Something that many devices are on the way to. */
export interface Following {
  readonly what: string;
  readonly total: number;
  /** How many have arrived. */
  readonly count: () => Promise<number>;
  readonly withinMs: number;
  /** The longest pause between two looks; 1 s by default. */
  readonly longestMs?: number;
  /** What to say of how far it is; how many have arrived by default. */
  readonly far?: () => string;
  readonly say: (line: string) => void;
  /** Throws when it is no use to wait any longer. */
  readonly check: () => void;
  /** What to say when they do not arrive in time. */
  readonly missing: () => Promise<string>;
}

/** Until half of what is left may have arrived: looks are frequent only at the beginning, and when the end is near. */
export function pauseFor(count: number, total: number, passedMs: number): number {
  const leftMs = count === 0 ? passedMs : (passedMs / count) * (total - count);
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, leftMs / 2));
}

/**
 * Resolves with the milliseconds until all have arrived; says meanwhile how many have.
 * @throws TooSlow
 */
export async function follow(following: Following): Promise<number> {
  const { what, total, count, withinMs, longestMs = LONGEST_MS, check } = following;
  const started = performance.now();
  let said = started;
  for (;;) {
    const done = await count();
    const now = performance.now();
    const passedMs = now - started;
    if (done === total) return passedMs;
    check();
    if (passedMs > withinMs) throw await tooSlow(following, done);
    if (now - said >= SAY_EVERY_MS) {
      said = now;
      following.say(`${what}: ${following.far?.() ?? farOf(done, total, passedMs)}`);
    }
    await sleep(Math.min(longestMs, pauseFor(done, total, passedMs)));
  }
}

function farOf(done: number, total: number, passedMs: number): string {
  return `${done} of ${total}, ${round(perSecond(done, passedMs))}/s`;
}

async function tooSlow(
  { what, total, withinMs, missing }: Following,
  done: number,
): Promise<TooSlow> {
  const far = `${done} of ${total} after ${round(withinMs / 1_000)} s`;
  return new TooSlow(`${what}: ${far}; missing: ${await missing()}`);
}
