import type { Measured } from './kv-figures.js';

/** A minute of a server's life, as it was at its end. */
export interface Minute {
  /** Number of the minute since 1970. */
  readonly minute: number;
  readonly evicted: number;
  readonly hits: number;
  readonly misses: number;
  readonly refused: number;
  /** The largest share of maxmemory that was used in it; null without a limit. */
  readonly fill: number | null;
}

/** Oldest first. */
export type History = readonly Minute[];

/** So many minutes are remembered. */
export const HISTORY_MINUTES = 60;

const MINUTE_MS = 60_000;

function fillOf({ usedBytes, maxmemoryBytes }: Measured): number | null {
  return usedBytes !== null && maxmemoryBytes ? usedBytes / maxmemoryBytes : null;
}

function isRestart(before: Minute, now: Minute): boolean {
  return now.hits < before.hits || now.evicted < before.evicted || now.misses < before.misses;
}

function minuteOf(figures: Measured, nowMs: number): Minute {
  const { evictedKeys: evicted, hits, misses, refused } = figures;
  return {
    ...{ minute: Math.floor(nowMs / MINUTE_MS), fill: fillOf(figures), refused },
    ...{ evicted: evicted ?? 0, hits: hits ?? 0, misses: misses ?? 0 },
  };
}

/** One minute of two looks at it: how the counters are now, and the larger share of memory. */
function merged(before: Minute, now: Minute): Minute {
  const fills = [before.fill, now.fill].filter((fill) => fill !== null);
  return { ...now, fill: fills.length > 0 ? Math.max(...fills) : null };
}

/** Adds a look; one in the same minute takes the place of the last, but never of the first. What was before a restart of the server is forgotten. */
export function remember(history: History, figures: Measured, nowMs: number): History {
  const now = minuteOf(figures, nowMs);
  const last = history.at(-1);
  if (!last || isRestart(last, now)) return [now];
  if (last.minute === now.minute && history.length > 1)
    return [...history.slice(0, -1), merged(last, now)];
  return [...history, now].filter(({ minute }) => minute > now.minute - HISTORY_MINUTES);
}

/** How much a counter grew in the last minutes. */
export function growth(
  history: History,
  counter: 'evicted' | 'hits' | 'misses' | 'refused',
  minutes = HISTORY_MINUTES,
): number {
  const last = history.at(-1);
  const from = last && history.find(({ minute }) => minute >= last.minute - minutes);
  return last && from ? last[counter] - from[counter] : 0;
}

/** Fewer lookups say nothing. */
const LOOKUPS = 100;

/** Of what is remembered; undefined when too little was asked for. */
export function hitRatio(history: History): number | undefined {
  const hits = growth(history, 'hits');
  const all = hits + growth(history, 'misses');
  return all < LOOKUPS ? undefined : hits / all;
}
