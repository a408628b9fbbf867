import type { Postgres } from '@skein/postgres';
import { sqlState } from '@skein/postgres';
import {
  abandoned,
  afterReading,
  afterRound,
  forget,
  gapsBetween,
  settledAt,
  type Frontier,
} from './frontier.js';

/** Events that one round numbers above the highest position, at the most. */
const ROUND_LIMIT = 5_000;
const UNIQUE_VIOLATION = '23505';

/**
 * One round, one snapshot: the events above the highest position, and all of the
 * missing ones below it, get the next numbers, but only if the last number is the one
 * that this replayer remembers. The two parts are apart because an OR scans the index
 * from its start.
 */
const ROUND = `
with tip as (select coalesce(max(sequence), 0) as last from log.sequence),
found as (
  (select position, type from log.events where position > $1 order by position limit ${ROUND_LIMIT})
  union all
  select e.position, e.type
  from unnest($2::bigint[], $3::bigint[]) as hole (low, high)
  join log.events e on e.position between hole.low and hole.high
),
numbered as (
  insert into log.sequence (sequence, position, type)
  select tip.last + row_number() over (order by found.position), found.position, found.type
  from found, tip
  where tip.last = $4
  order by found.position
  returning sequence, position
)
select tip.last, coalesce((select array_agg(position order by sequence) from numbered), '{}') as positions
from tip`;

/** Who drew a position and has not ended: nextval holds this lock on the sequence until then; a dump's is another. */
const HOLDERS = `
select virtualtransaction as holder from pg_locks
where relation = 'log.event_position'::regclass and mode = 'RowExclusiveLock'
  and database = (select oid from pg_database where datname = current_database())`;

const RELOAD = `
select (select coalesce(max(sequence), 0) from log.sequence) as last,
       (select coalesce(max(position), 0) from log.sequence) as highest,
       (select position from log.settled) as settled`;

/** Gives committed events their numbers: gap-free from 1, per subject in the order of versions. */
export class Numbering {
  private frontier: Frontier | undefined;
  private savedSettled = 0;

  constructor(private readonly postgres: Postgres) {}

  /** The last number given, as far as this replayer knows. */
  get last(): number {
    return this.frontier?.last ?? 0;
  }

  /** One round; answers how many events it numbered. */
  async round(): Promise<number> {
    const before = (this.frontier ??= await this.reload());
    const lost = abandoned(before);
    const positions = await this.number(before);
    if (!positions) {
      this.frontier = undefined;
      return 0;
    }
    const numbered = forget(afterRound(before, positions), lost);
    this.frontier =
      numbered.holes.length > 0 ? afterReading(numbered, await this.holders()) : numbered;
    return positions.length;
  }

  /** Reads the table again before the next round: after losing the lease, or on a new connection. */
  distrust(): void {
    this.frontier = undefined;
  }

  /** Saves how far all is numbered or dead, for the next start. Called about once a second. */
  async saveSettled(): Promise<void> {
    if (!this.frontier) return;
    const settled = settledAt(this.frontier);
    if (settled === this.savedSettled) return;
    await this.postgres.query('update log.settled set position = $1 where position < $1', [
      settled,
    ]);
    this.savedSettled = settled;
  }

  /** Undefined when somebody else gave numbers since. */
  private async number({ highest, holes, last }: Frontier): Promise<number[] | undefined> {
    try {
      const [row] = await this.postgres.query<{ last: number; positions: number[] }>(ROUND, [
        highest,
        holes.map(({ low }) => low),
        holes.map(({ high }) => high),
        last,
      ]);
      return row!.last === last ? row!.positions.map(Number) : undefined;
    } catch (error) {
      this.frontier = undefined;
      if (sqlState(error) === UNIQUE_VIOLATION) return undefined;
      throw error;
    }
  }

  private async holders(): Promise<ReadonlySet<string>> {
    const rows = await this.postgres.query<{ holder: string }>(HOLDERS);
    return new Set(rows.map(({ holder }) => holder));
  }

  private async reload(): Promise<Frontier> {
    const [row] = await this.postgres.query<{ last: number; highest: number; settled: number }>(
      RELOAD,
    );
    const { last, highest, settled } = row!;
    const numbered = await this.postgres.query<{ position: number }>(
      'select position from log.sequence where position > $1 order by position',
      [settled],
    );
    return {
      last,
      highest,
      holes: gapsBetween(
        settled,
        numbered.map(({ position }) => position),
      ),
    };
  }
}
