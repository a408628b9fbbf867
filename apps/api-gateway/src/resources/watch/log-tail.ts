import type { EventLog } from '@skein/event-log';
import { topology } from '@skein/events';
import type { Mark } from './positions.js';
import { lateNumber, needsData, touchedBy, type Said, type Touched } from './touched.js';

/** An event in the log, and what it changed. */
export interface Step {
  readonly mark: Mark;
  /** Drawn before its transaction committed. */
  readonly position: number;
  readonly org: string;
  readonly touched: readonly Touched[];
  /** The gateway has not handled it yet, and nobody has put it down for later: its change is yet to come. */
  readonly isOpen: boolean;
}

/** The log beyond a number, as far as it is numbered. */
export interface Tail {
  readonly steps: readonly Step[];
  /** The last number there is; 0 for an empty log. */
  readonly last: number;
  /** All up to this number was handled by the gateway, or put down for later. */
  readonly handled: number;
  /** The end of the id of the event from which was asked; null: there is none. */
  readonly id: string | null;
}

interface Row extends Said {
  readonly last: number;
  readonly handled: number;
  readonly from: string | null;
  readonly number: number | null;
  readonly typeId: number;
  readonly position: number;
  readonly id: string;
  readonly org: string;
  readonly open: boolean;
}

/** SQL: whether the gateway is still to handle the heard event `n`; what failed, or waits, is told when it is handled late. */
const open = (n: string): string => `${n} > state.handled
  and not exists (select from gateway.inbox where number = ${n})
  and not exists (select from gateway.retries where number = ${n})
  and not exists (select from gateway.parked where number = ${n})`;

const STATE = `
select coalesce((select sequence from log.sequence order by sequence desc limit 1), 0) as last,
  coalesce((select greatest(min(number), max(pruned)) from log.checkpoints where service = 'gateway'), 0) as handled`;

const idAt = (n: string): string => `
(select right(e.id::text, 12) from log.sequence s
 cross join lateral (select id from log.events where position = s.position limit 1) e
 where s.sequence = ${n})`;

const READ = `
with state as materialized (${STATE})
select state.last, state.handled, ${idAt('$1::bigint')} as "from", s.sequence as number, s.position,
  s.type as "typeId", right(e.id::text, 12) as id, e.org, e.kind, e.subject,
  case when s.type = any($3::smallint[]) then e.data::text end as data,
  s.type = any($4::smallint[]) and ${open('s.sequence')} as open
from state
left join lateral (
  select sequence, position, type from log.sequence where sequence > $1::bigint order by sequence limit $2
) s on true
left join lateral (select * from log.events where position = s.position limit 1) e on true
order by s.sequence`;

const ONE = `
select n as number, s.type as "typeId", e.org, e.kind, e.subject, e.data::text as data
from unnest($1::bigint[]) n
cross join lateral (select position, type from log.sequence where sequence = n limit 1) s
cross join lateral (select * from log.events where position = s.position limit 1) e`;

const STILL_OPEN = `
with state as materialized (${STATE})
select n as number from unnest($1::bigint[]) n cross join state where ${open('n')}`;

/** Reads what follows in the log, and what it changed. */
export class LogTail {
  constructor(private readonly log: EventLog) {}

  /** @param data whether to look at what the events changed */
  async after(
    number: number,
    { limit, data }: { readonly limit: number; readonly data: boolean },
  ): Promise<Tail> {
    const { postgres } = this.log;
    const types = data ? this.idsOf(needsData) : [];
    const heard = this.idsOf([...topology.gateway]);
    const rows = await postgres.query<Row>(READ, [number, limit, types, heard]);
    const { last, handled, from } = rows[0]!;
    const numbered = rows.filter((row) => row.number !== null);
    const steps = data ? await this.stepsOf(numbered) : numbered.map((row) => stepOf(row, []));
    return { steps, last, handled, id: from };
  }

  /** Those of the numbers that the gateway is still to handle. */
  async open(numbers: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.log.postgres.query<{ number: number }>(STILL_OPEN, [numbers]);
    return new Set(rows.map((row) => row.number));
  }

  /** The events that were handled late stand for those that they name. */
  private async stepsOf(rows: readonly Row[]): Promise<Step[]> {
    const named = (row: Row): Row => ({ ...row, type: this.log.types.nameOf(row.typeId) ?? '' });
    const known = rows.map(named);
    const late = known.map(lateNumber).filter((number) => Number.isSafeInteger(number));
    const originals =
      late.length === 0 ? [] : await this.log.postgres.query<Row>(ONE, [[...new Set(late)]]);
    const byNumber = new Map(originals.map((row) => [row.number, named(row)]));
    return known.map((row) => {
      const original = byNumber.get(lateNumber(row) ?? null);
      const touched = touchedBy(original?.org === row.org ? original : row);
      return stepOf(row, [...touched, { kind: 'Event', uid: String(row.position), isNew: true }]);
    });
  }

  private idsOf(types: readonly string[]): number[] {
    return types.map((type) => this.log.types.idOf(type));
  }
}

function stepOf(row: Row, touched: readonly Touched[]): Step {
  const { number, id, position, org, open: isOpen } = row;
  return { mark: { number: number!, id }, position, org, touched, isOpen };
}
