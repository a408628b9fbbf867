/** Positions from `low` to `high` that were drawn and have not been seen: in flight, or rolled back. */
export interface Hole {
  readonly low: number;
  readonly high: number;
  /** The last number given before it was seen: none up to that is of a position above it. */
  readonly after: number;
  /** Transactions that may still fill it; undefined until they were read, after the hole was seen. */
  readonly holders?: ReadonlySet<string>;
}

/** How far the log is numbered. Pure: rounds and readings of locks make new ones. */
export interface Frontier {
  /** The last number given. */
  readonly last: number;
  /** The highest position numbered. */
  readonly highest: number;
  /** Sorted, apart from each other, all below `highest`. */
  readonly holes: readonly Hole[];
}

function without(hole: Hole, positions: readonly number[]): Hole[] {
  const parts: Hole[] = [];
  let low = hole.low;
  for (const position of positions) {
    if (position < low || position > hole.high) continue;
    if (position > low) parts.push({ ...hole, low, high: position - 1 });
    low = position + 1;
  }
  if (low <= hole.high) parts.push({ ...hole, low });
  return parts;
}

/** How far the log needs no look at a start. */
export interface Settled {
  /** All positions up to this one are numbered or dead. */
  readonly position: number;
  /** All positions above that have numbers above this one. */
  readonly number: number;
}

/** The positions between known ones: what lies between the settled ones and each next position. */
export function gapsBetween(
  { position: above, number: after }: Settled,
  positions: readonly number[],
): Hole[] {
  const gaps: Hole[] = [];
  let previous = above;
  for (const position of positions) {
    if (position > previous + 1) gaps.push({ low: previous + 1, high: position - 1, after });
    previous = position;
  }
  return gaps;
}

/** After a round that numbered these positions, in order. */
export function afterRound(frontier: Frontier, positions: readonly number[]): Frontier {
  const above = positions.filter((position) => position > frontier.highest);
  const filled = positions.filter((position) => position <= frontier.highest);
  return {
    last: frontier.last + positions.length,
    highest: above.at(-1) ?? frontier.highest,
    holes: [
      ...frontier.holes.flatMap((hole) => without(hole, filled)),
      ...gapsBetween({ position: frontier.highest, number: frontier.last }, above),
    ],
  };
}

/** A transaction that was prepared before the server started again has lost its name: it may be any of them. */
const isNameless = (holder: string) => holder.startsWith('-1/');

function stillThere(before: ReadonlySet<string>, now: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...now].filter((holder) => before.has(holder) || isNameless(holder)));
}

/**
 * After a reading of who holds the lock on the positions. A hole is handed the holders
 * that were read after it was seen; later readings only take holders away.
 */
export function afterReading(frontier: Frontier, holders: ReadonlySet<string>): Frontier {
  const holes = frontier.holes.map((hole) => ({
    ...hole,
    holders: hole.holders ? stillThere(hole.holders, holders) : holders,
  }));
  return { ...frontier, holes };
}

/** Holes that nobody can fill any more, if a round that begins from now on misses them too. */
export function abandoned(frontier: Frontier): readonly Hole[] {
  return frontier.holes.filter((hole) => hole.holders?.size === 0);
}

/** Forgets the holes that were abandoned before a round, which missed them again. */
export function forget(frontier: Frontier, missedAgain: readonly Hole[]): Frontier {
  const gone = (hole: Hole) =>
    missedAgain.some(({ low, high }) => low <= hole.low && hole.high <= high);
  return { ...frontier, holes: frontier.holes.filter((hole) => !gone(hole)) };
}

export function settledIn({ last, highest, holes: [first] }: Frontier): Settled {
  if (!first) return { position: highest, number: last };
  return { position: first.low - 1, number: first.after };
}
