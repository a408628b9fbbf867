import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  abandoned,
  afterReading,
  afterRound,
  forget,
  gapsBetween,
  settledIn,
  type Frontier,
} from './frontier.js';

const empty: Frontier = { last: 0, highest: 0, holes: [] };
const holders = (...names: string[]) => new Set(names);
const bounds = ({ holes }: Frontier) => holes.map(({ low, high }) => [low, high]);

describe('after a round', () => {
  it('what was not seen below the highest position is a hole', () => {
    const after = afterRound(empty, [2, 3, 6]);
    expect([after.last, after.highest, bounds(after)]).toEqual([
      3,
      6,
      [
        [1, 1],
        [4, 5],
      ],
    ]);
  });

  it('a hole is filled, cut or split by what was seen of it', () => {
    const before = afterRound(empty, [10]);
    expect(bounds(afterRound(before, [1, 5, 9, 12]))).toEqual([
      [2, 4],
      [6, 8],
      [11, 11],
    ]);
  });

  it('the parts of a hole keep its holders', () => {
    const read = afterReading(afterRound(empty, [10]), holders('a'));
    expect(afterRound(read, [5]).holes.map((hole) => hole.holders)).toEqual([
      holders('a'),
      holders('a'),
    ]);
  });

  it('a round that found nothing changes nothing', () => {
    const before = afterRound(empty, [3]);
    expect(afterRound(before, [])).toEqual(before);
  });
});

describe('forgetting', () => {
  const seen = afterRound(empty, [2]);

  it('a hole whose holders were not read yet is not abandoned', () => {
    expect(abandoned(seen)).toEqual([]);
  });

  it('a hole is abandoned when the last of those who held the lock after it was seen has gone', () => {
    const first = afterReading(seen, holders('a', 'b'));
    const second = afterReading(first, holders('b', 'c'));
    const third = afterReading(second, holders('a', 'c'));
    expect([first, second, third].map((frontier) => abandoned(frontier).length)).toEqual([0, 0, 1]);
  });

  it('a transaction that was prepared before a restart may hold any hole', () => {
    const read = afterReading(seen, holders('3/7'));
    expect(abandoned(afterReading(read, holders('-1/700')))).toEqual([]);
    expect(abandoned(afterReading(read, holders('3/8')))).toHaveLength(1);
  });

  it('forgets only what was abandoned before the round', () => {
    const lost = abandoned(afterReading(seen, holders()));
    const later = afterReading(afterRound(afterReading(seen, holders()), [5]), holders());
    expect(bounds(forget(later, lost))).toEqual([[3, 4]]);
  });

  it('forgets the rest of an abandoned hole that the round filled in part', () => {
    const before = afterReading(afterRound(empty, [10]), holders());
    expect(bounds(forget(afterRound(before, [4]), abandoned(before)))).toEqual([]);
  });

  it('all up to the first hole is settled, or everything', () => {
    const holed = afterRound(afterRound(empty, [1, 2]), [3, 5]);
    expect([
      settledIn(holed),
      settledIn(afterRound(holed, [7, 9])),
      settledIn(afterRound(holed, [4])),
      settledIn(empty),
    ]).toEqual([
      { position: 3, number: 2 },
      { position: 3, number: 2 },
      { position: 5, number: 5 },
      { position: 0, number: 0 },
    ]);
  });
});

describe('gapsBetween', () => {
  it('the gaps and the positions make up everything above the start', () => {
    const positions = fc
      .uniqueArray(fc.integer({ min: 11, max: 60 }))
      .map((found) => found.sort((a, b) => a - b));
    fc.assert(
      fc.property(positions, (found) => {
        const gaps = gapsBetween({ position: 10, number: 0 }, found).flatMap(({ low, high }) =>
          Array.from({ length: high - low + 1 }, (_, index) => low + index),
        );
        const all = [...gaps, ...found].sort((a, b) => a - b);
        return (
          all.every((position, index) => position === 11 + index) && all.at(-1) === found.at(-1)
        );
      }),
    );
  });
});

/** The database as far as numbering sees it: transactions draw positions and end. */
class Database {
  private drawn = 0;
  private begun = 0;
  private readonly open = new Map<number, { name: string; positions: number[] }>();
  readonly committed = new Set<number>();

  draw(slot: number): void {
    const transaction = this.open.get(slot) ?? { name: `t${(this.begun += 1)}`, positions: [] };
    transaction.positions.push((this.drawn += 1));
    this.open.set(slot, transaction);
  }

  end(slot: number, commits: boolean): void {
    if (commits) this.open.get(slot)?.positions.forEach((position) => this.committed.add(position));
    this.open.delete(slot);
  }

  endAll(commits: boolean): void {
    for (const slot of [...this.open.keys()]) this.end(slot, commits);
  }

  holders(): Set<string> {
    return holders(...[...this.open.values()].map(({ name }) => name));
  }

  /** What one round's statement finds. */
  visible({ highest, holes }: Frontier, limit: number): number[] {
    const sorted = [...this.committed].sort((a, b) => a - b);
    const missing = sorted.filter((at) => holes.some(({ low, high }) => low <= at && at <= high));
    return [...missing, ...sorted.filter((at) => at > highest).slice(0, limit)];
  }
}

type Step = (database: Database) => void;
const slot = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  slot.map(
    (at): Step =>
      (database) =>
        database.draw(at),
  ),
  fc.tuple(slot, fc.boolean()).map(
    ([at, commits]): Step =>
      (database) =>
        database.end(at, commits),
  ),
);
const round = fc.record({
  before: fc.array(step, { maxLength: 6 }),
  /** What happens between the round's snapshot and the reading of the locks. */
  between: fc.array(step, { maxLength: 3 }),
  limit: fc.integer({ min: 1, max: 4 }),
});

describe('numbering as a whole, in the order in which the replayer does it', () => {
  it('numbers what was committed once each, forgets the rest, and nothing too early', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 30 }), fc.boolean(), (rounds, commits) => {
        const database = new Database();
        const numbered: number[] = [];
        let frontier = empty;
        const one = (limit: number, between: readonly Step[]) => {
          const lost = abandoned(frontier);
          const found = database.visible(frontier, limit);
          numbered.push(...found);
          const after = forget(afterRound(frontier, found), lost);
          between.forEach((act) => act(database));
          frontier = afterReading(after, database.holders());
        };
        for (const { before, between, limit } of rounds) {
          before.forEach((act) => act(database));
          one(limit, between);
          const { position, number } = settledIn(frontier);
          expect(numbered.filter((at) => at <= position).length).toBe(
            [...database.committed].filter((at) => at <= position).length,
          );
          expect(numbered.slice(0, number).filter((at) => at > position)).toEqual([]);
        }
        database.endAll(commits);
        for (let more = 0; more < 3; more += 1) one(1_000, []);
        expect([...numbered].sort((a, b) => a - b)).toEqual(
          [...database.committed].sort((a, b) => a - b),
        );
        expect([frontier.last, frontier.holes]).toEqual([numbered.length, []]);
      }),
      { numRuns: 500 },
    );
  });
});
