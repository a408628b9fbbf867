import type { Origin } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Want, WantKind } from './batch.js';

/** The table of a service whose decisions need the outside world, for its first migration. */
export function wantsTable(schema: string): string {
  return `
create sequence ${schema}.want_number;
create table ${schema}.wants (
  org uuid not null,
  kind text not null,
  uid uuid not null,
  number bigint not null default nextval('${schema}.want_number'),
  origin json not null,
  since timestamptz not null default now(),
  due timestamptz not null default now(),
  attempts integer not null default 0,
  reason text,
  primary key (org, kind, uid)
);
create index on ${schema}.wants (due);
create index on ${schema}.wants (kind, org, due);
`;
}

/** A durable want that was claimed for a while. */
export interface ClaimedWant {
  readonly org: string;
  readonly kind: WantKind;
  readonly uid: string;
  /** Grows when it is wanted anew. */
  readonly number: number;
  readonly origin: Origin;
  /** Tries that failed so far. */
  readonly attempts: number;
  readonly since: Date;
}

export interface Postponement {
  readonly delayMs: number;
  readonly reason: string;
  /** Whether this was a try, so that the next wait is longer; it is one unless this says no. */
  readonly attempted?: boolean;
}

/** Without a sign of life for so long, whoever claimed a want is thought dead. */
const CLAIM_SECONDS = 5;
/** How often that sign is to be given. */
export const RENEW_CLAIM_MS = 1_500;

/** Work that waits for the outside, as rows: it survives a crash, says why it waits, and holds nothing else back. */
export class Wants {
  constructor(private readonly schema: string) {}

  /** Notes what is wanted; wanted again, it is due at once. */
  async put(
    transaction: Queryable,
    wants: readonly Pick<Want, 'org' | 'kind' | 'uid' | 'origin'>[],
  ): Promise<void> {
    if (wants.length === 0) return;
    await transaction.query(
      `insert into ${this.schema}.wants (org, kind, uid, origin)
       select org, kind, uid, origin
       from unnest($1::uuid[], $2::text[], $3::uuid[], $4::json[]) as w (org, kind, uid, origin)
       order by org, kind, uid
       on conflict (org, kind, uid) do update
         set number = excluded.number, origin = excluded.origin, due = now(), attempts = 0`,
      [
        wants.map(({ org }) => org),
        wants.map(({ kind }) => kind),
        wants.map(({ uid }) => uid),
        wants.map(({ origin }) => JSON.stringify(origin)),
      ],
    );
  }

  /**
   * Takes what is due, oldest first, the organisations in turn: what one of them wants without end keeps no other one
   * waiting. It is due again soon, unless the claim is renewed.
   */
  async claim(database: Queryable, limit: number, kind: WantKind): Promise<ClaimedWant[]> {
    const inTurn = await this.claimInTurn(database, limit, kind);
    // Peers that ask at the same moment may be about to take all that was found.
    return inTurn.length > 0 ? inTurn : this.claimOldest(database, limit, kind);
  }

  private claimInTurn(database: Queryable, limit: number, kind: WantKind): Promise<ClaimedWant[]> {
    const wants = `${this.schema}.wants`;
    return database.query<ClaimedWant>(
      `with recursive orgs as (
         (select org from ${wants} where kind = $2 order by org limit 1)
         union all
         select (select w.org from ${wants} w where w.kind = $2 and w.org > o.org order by w.org limit 1)
         from orgs o where o.org is not null
       ), ripe as (
         select w.*, row_number() over (partition by w.org order by w.due, w.uid) as turn
         from orgs o cross join lateral (
           select org, uid, due from ${wants}
           where kind = $2 and org = o.org and due <= now() order by due limit $1 * 2
         ) w
       ), c as materialized (
         select w.org, w.uid from ripe r
         join ${wants} w on w.org = r.org and w.kind = $2 and w.uid = r.uid
         where w.due <= now()
         order by r.turn, r.due limit $1 for update of w skip locked
       )
       ${this.hold}`,
      [limit, kind],
    );
  }

  private claimOldest(database: Queryable, limit: number, kind: WantKind): Promise<ClaimedWant[]> {
    return database.query<ClaimedWant>(
      `with c as materialized (
         select org, uid from ${this.schema}.wants
         where due <= now() and kind = $2
         order by due limit $1 for update skip locked
       )
       ${this.hold}`,
      [limit, kind],
    );
  }

  /** SQL: keeps those in `c` from being due for a while. */
  private get hold(): string {
    return `update ${this.schema}.wants w set due = now() + make_interval(secs => ${CLAIM_SECONDS})
       from c
       where w.org = c.org and w.kind = $2 and w.uid = c.uid
       returning w.org, w.kind, w.uid, w.number, w.origin, w.attempts, w.since`;
  }

  /** Keeps claimed wants from being due while they are worked on; those that were postponed or wanted anew stay as they are. */
  async renew(database: Queryable, wants: readonly ClaimedWant[]): Promise<void> {
    await database.query(
      `with c as materialized (
         select w.org, w.kind, w.uid from ${this.schema}.wants w
         join unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::integer[])
           as c (org, kind, uid, number, attempts) using (org, kind, uid, number, attempts)
         order by 1, 2, 3 for update of w skip locked
       )
       update ${this.schema}.wants w set due = now() + make_interval(secs => ${CLAIM_SECONDS})
       from c where w.org = c.org and w.kind = c.kind and w.uid = c.uid`,
      [
        wants.map(({ org }) => org),
        wants.map(({ kind }) => kind),
        wants.map(({ uid }) => uid),
        wants.map(({ number }) => number),
        wants.map(({ attempts }) => attempts),
      ],
    );
  }

  /** Ends wants in the transaction of their effect; one that was wanted anew meanwhile stays, and is due now. */
  async done(transaction: Queryable, wants: readonly ClaimedWant[]): Promise<void> {
    await transaction.query(
      `delete from ${this.schema}.wants w
       using unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[]) as c (org, kind, uid, number)
       where w.org = c.org and w.kind = c.kind and w.uid = c.uid and w.number = c.number`,
      [
        wants.map(({ org }) => org),
        wants.map(({ kind }) => kind),
        wants.map(({ uid }) => uid),
        wants.map(({ number }) => number),
      ],
    );
  }

  /** Leaves work that never ends for a later time; one that was wanted anew meanwhile stays due. */
  async again(
    database: Queryable,
    want: ClaimedWant,
    next: { delayMs: number; attempts: number; reason: string | null; origin: Origin },
  ): Promise<void> {
    await database.query(
      `update ${this.schema}.wants
       set due = now() + make_interval(secs => $5 / 1000.0), attempts = $6, reason = $7, origin = $8
       where org = $1 and kind = $2 and uid = $3 and number = $4`,
      [
        ...[want.org, want.kind, want.uid, want.number],
        ...[next.delayMs, next.attempts, next.reason, JSON.stringify(next.origin)],
      ],
    );
  }

  /** Waits for the outside, and says why. */
  async postpone(
    database: Queryable,
    want: ClaimedWant,
    { delayMs, reason, attempted = true }: Postponement,
  ): Promise<void> {
    await database.query(
      `update ${this.schema}.wants set due = now() + make_interval(secs => $4 / 1000.0), attempts = attempts + $7, reason = $5
       where org = $1 and kind = $2 and uid = $3 and number = $6`,
      [want.org, want.kind, want.uid, delayMs, reason, want.number, attempted ? 1 : 0],
    );
  }
}
