import { DETOUR, type Group } from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import type { Batch, Want } from './batch.js';

/** The table of a service that acts when something did not happen in time, for its first migration. */
export function timersTable(schema: string): string {
  return `
create table ${schema}.timers (
  org uuid not null,
  kind text not null,
  uid uuid not null,
  due timestamptz not null,
  origin json not null,
  acts_at bigint,
  primary key (org, kind, uid)
);
comment on column ${schema}.timers.acts_at is
  'the last number that was committed before it was due, once that is known';
create index on ${schema}.timers (due);
`;
}

export type Timer = Pick<Want, 'kind' | 'org' | 'uid'>;
type RungTimer = Pick<Want, 'kind' | 'org' | 'uid' | 'origin'>;

/** What a service locks before it sets timers, and whoever takes them away must lock before that. */
export interface TimerLocks {
  lockTimers(transaction: Transaction, timers: readonly Timer[]): Promise<void>;
}

const AT_ONCE = 1_000;

/**
 * Timers as rows, one for each thing. A due one acts only when the service has
 * handled all that was committed before: a backlog must not look like silence.
 */
export class Timers {
  constructor(
    private readonly service: Group,
    private readonly locks?: TimerLocks,
  ) {}

  /** Sets a timer that is due so long after now, the transaction's time; set again, the last one holds. */
  async set(
    transaction: Queryable,
    timers: readonly (RungTimer & { readonly afterMs: number })[],
  ): Promise<void> {
    if (timers.length === 0) return;
    await transaction.query(
      `insert into ${this.service}.timers (org, kind, uid, due, origin)
       select org, kind, uid, now() + make_interval(secs => ms / 1000.0), origin
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::float8[], $5::json[]) as t (org, kind, uid, ms, origin)
       order by org, kind, uid
       on conflict (org, kind, uid) do update
         set due = excluded.due, origin = excluded.origin, acts_at = null`,
      [
        ...keysOf(timers),
        timers.map(({ afterMs }) => afterMs),
        timers.map(({ origin }) => JSON.stringify(origin)),
      ],
    );
  }

  /** Puts what may act now into the batch, and takes its timers away in the same transaction. */
  async ring(batch: Batch): Promise<void> {
    const { transaction } = batch;
    const ready = await transaction.query<Timer>(
      `select org, kind, uid from ${this.service}.timers where ${this.mayAct}
       order by org, kind, uid limit ${AT_ONCE}`,
      [this.service],
    );
    if (ready.length === 0) return;
    await this.locks?.lockTimers(transaction, ready);
    const rung = await transaction.query<RungTimer>(
      `with ready as materialized (
         select org, kind, uid from ${this.service}.timers
         join unnest($2::uuid[], $3::text[], $4::uuid[]) as r (org, kind, uid) using (org, kind, uid)
         where ${this.mayAct} order by org, kind, uid for update of timers skip locked
       )
       delete from ${this.service}.timers t using ready r
       where t.org = r.org and t.kind = r.kind and t.uid = r.uid
       returning t.org, t.kind, t.uid, t.origin`,
      [this.service, ...keysOf(ready)],
    );
    for (const timer of rung) batch.wantDue(timer);
  }

  /** SQL: $1 has handled all that was committed before it was due. The detour holds up only organisations that take it. */
  private get mayAct(): string {
    return `acts_at <= case
      when exists (select from log.detours d
                   where d.service = $1 and d.org_slot = log.org_slot(timers.org)) then (
        select min(number) from log.checkpoints where service = $1)
      else (select min(number) from log.checkpoints where service = $1 and partition <> ${DETOUR})
    end`;
  }

  /**
   * Notes for each due timer up to which number the service must have come. It is the last one of the
   * first round seen that began after the timer was due: later ones run ahead of the checkpoint for ever.
   * In a transaction of its own: whoever sets one of them must not wait for what is decided about others.
   */
  async settle(database: Queryable): Promise<void> {
    await database.query(
      `update ${this.service}.timers t set acts_at = q.last_number
       from log.quiet_round q
       where (t.org, t.kind, t.uid) in (
         select w.org, w.kind, w.uid from ${this.service}.timers w, log.quiet_round r
         where w.acts_at is null and w.due < r.began_at
         order by w.org, w.kind, w.uid limit ${AT_ONCE} for update of w skip locked)`,
    );
  }
}

function keysOf(timers: readonly Timer[]): unknown[] {
  return [
    timers.map(({ org }) => org),
    timers.map(({ kind }) => kind),
    timers.map(({ uid }) => uid),
  ];
}
