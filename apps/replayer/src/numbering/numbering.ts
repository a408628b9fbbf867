import type { Postgres } from '@skein/postgres';
import { sqlState } from '@skein/postgres';
import {
  abandoned,
  afterReading,
  afterRound,
  forget,
  gapsBetween,
  settledIn,
  type Frontier,
  type Settled,
} from './frontier.js';

/** Events that one round numbers above the highest position, at the most. */
export const ROUND_LIMIT = 5_000;
const UNIQUE_VIOLATION = '23505';

/**
 * One round, one snapshot: the events above the highest position, and all of the
 * missing ones below it, get the next numbers, but only if the last number is the one
 * that this replayer remembers. The two parts are apart because an OR scans the index
 * from its start. Positions that follow on the highest one without a gap, as nearly always, are not listed.
 */
const ROUND = `
with tip as (select coalesce(max(sequence), 0) as last from log.sequence),
found as (
  (select position, type, org, subject from log.events where position > $1 order by position limit ${ROUND_LIMIT})
  union all
  select e.position, e.type, e.org, e.subject
  from unnest($2::bigint[], $3::bigint[]) as hole (low, high)
  join log.events e on e.position between hole.low and hole.high
),
numbered as (
  insert into log.sequence (sequence, position, type, org_slot, subject_slot)
  select tip.last + row_number() over (order by found.position), found.position, found.type,
         log.org_slot(found.org), log.subject_slot(found.org, found.subject)
  from found, tip
  where tip.last = $4
  order by found.position
  returning sequence, position
)
select now() as began, tip.last, count(position) as count, case
    when min(position) > $1 and max(position) - $1 = count(position) then '{}'
    else coalesce(array_agg(position order by sequence) filter (where position is not null), '{}')
  end as positions
from tip left join numbered on true group by tip.last`;

/** Who drew a position and has not ended: nextval holds this lock on the sequence until then; a dump's is another. */
const HOLDERS = `
select virtualtransaction as holder from pg_locks
where relation = 'log.event_position'::regclass and mode = 'RowExclusiveLock'
  and database = (select oid from pg_database where datname = current_database())`;

interface Round {
  readonly began: Date;
  readonly last: number;
  readonly count: number;
  readonly positions: string[];
}

function positionsOf({ count, positions }: Round, highest: number): number[] {
  if (positions.length > 0) return positions.map(Number);
  return Array.from({ length: count }, (_, index) => highest + 1 + index);
}

const NUMBERED = `
select sequence, position from log.sequence where sequence > $1 order by sequence`;
const SAVE_SETTLED = `
update log.settled set position = $1, number = $2 where position < $1`;

/** A round that numbered all that it saw: what was committed before it began is at or below its last number. */
interface QuietRound {
  readonly began: Date;
  readonly last: number;
}

/** Gives committed events their numbers: gap-free from 1, per subject in the order of versions. */
export class Numbering {
  private frontier: Frontier | undefined;
  private savedSettled = 0;
  private quiet: QuietRound | undefined;

  constructor(private readonly postgres: Postgres) {}

  /** The last number given, as far as this replayer knows. */
  get last(): number {
    return this.frontier?.last ?? 0;
  }

  /** How far the log is numbered; undefined until the next round, which reads it again. */
  get reached(): Frontier | undefined {
    return this.frontier;
  }

  /**
   * One round; answers how many events it numbered.
   * @param numbered called when there were some, before holes are looked at
   */
  async round(numbered: () => void = () => undefined): Promise<number> {
    const before = (this.frontier ??= await this.reload());
    const lost = abandoned(before);
    const positions = await this.number(before);
    if (!positions) {
      this.frontier = undefined;
      return 0;
    }
    const reached = forget(afterRound(before, positions), lost);
    this.frontier = reached;
    if (positions.length > 0) numbered();
    if (reached.holes.length > 0) await this.look(reached);
    return positions.length;
  }

  /** Reads the table again before the next round: after losing the lease, or on a new connection. */
  distrust(): void {
    this.frontier = undefined;
  }

  /** Saves how far all is numbered or dead, for the next start. Called about once a second. */
  async saveSettled(): Promise<void> {
    if (!this.frontier) return;
    const { position, number } = settledIn(this.frontier);
    if (position === this.savedSettled) return;
    await this.postgres.query(SAVE_SETTLED, [position, number]);
    this.savedSettled = position;
  }

  /** Saves the last round that numbered all that it saw; timers wait for it. Called about once a second. */
  async saveQuietRound(): Promise<void> {
    if (!this.quiet) return;
    const { began, last } = this.quiet;
    await this.postgres.query(
      'update log.quiet_round set began_at = $1, last_number = $2 where began_at < $1',
      [began, last],
    );
  }

  /** Undefined when somebody else gave numbers since. */
  private async number({ highest, holes, last }: Frontier): Promise<number[] | undefined> {
    try {
      const [row] = await this.postgres.query<Round>(ROUND, [
        highest,
        holes.map(({ low }) => low),
        holes.map(({ high }) => high),
        last,
      ]);
      if (row!.last !== last) return undefined;
      const positions = positionsOf(row!, highest);
      const above = positions.filter((position) => position > highest).length;
      if (above < ROUND_LIMIT) this.quiet = { began: row!.began, last: last + positions.length };
      return positions;
    } catch (error) {
      this.frontier = undefined;
      if (sqlState(error) === UNIQUE_VIOLATION) return undefined;
      throw error;
    }
  }

  /** Notes who may still fill the holes. */
  private async look(reached: Frontier): Promise<void> {
    const holders = await this.holders();
    if (this.frontier === reached) this.frontier = afterReading(reached, holders);
  }

  private async holders(): Promise<ReadonlySet<string>> {
    const rows = await this.postgres.query<{ holder: string }>(HOLDERS);
    return new Set(rows.map(({ holder }) => holder));
  }

  private async reload(): Promise<Frontier> {
    const [settled] = await this.postgres.query<Settled>(
      'select position, number from log.settled',
    );
    const numbered = await this.postgres.query<{ sequence: number; position: number }>(NUMBERED, [
      settled!.number,
    ]);
    const above = numbered
      .map(({ position }) => position)
      .filter((position) => position > settled!.position)
      .sort((one, other) => one - other);
    return {
      last: numbered.at(-1)?.sequence ?? settled!.number,
      highest: above.at(-1) ?? settled!.position,
      holes: gapsBetween(settled!, above),
    };
  }
}
