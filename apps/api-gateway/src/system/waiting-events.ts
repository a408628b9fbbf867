import { groups, type Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { WaitingFilter } from './waiting-filter.js';

/** Where waiting events are, and what may be done with them. */
export interface WaitingKind {
  readonly kind: 'DeadLetter' | 'ParkedEvent';
  readonly table: 'dead_letters' | 'parked';
  /** Functions of the schema, which take and answer numbers. */
  readonly retry: string;
  readonly drop: string;
  /** SQL of how often it was tried. */
  readonly attempts: string;
}

export const deadLetters: WaitingKind = {
  kind: 'DeadLetter',
  table: 'dead_letters',
  retry: 'retry_dead_letters',
  drop: 'drop_dead_letters',
  attempts: 'w.attempts',
};
export const parkedEvents: WaitingKind = {
  kind: 'ParkedEvent',
  table: 'parked',
  retry: 'retry_parked',
  drop: 'drop_parked',
  attempts: 'null::integer',
};

/** A place in the list, which is ordered by service and number. */
export interface WaitingPlace {
  readonly service: Group;
  readonly number: number;
}

export interface WaitingRow extends WaitingPlace {
  readonly reason: string;
  readonly since: Date;
  readonly attempts: number | null;
  /** These are null when the log has no such event. */
  readonly type: string | null;
  readonly id: string;
  readonly source: string;
  readonly org: string;
  readonly kind: string;
  readonly subject: string;
  readonly version: number;
  readonly time: Date;
}

const services = [...groups].sort();

/** One service's part; the parts are limited each, so that none is read to its end. */
function partOf({ table, attempts }: WaitingKind, service: Group, above: number): string {
  return `(
    select '${service}' as service, w.number, w.reason, w.since, ${attempts} as attempts,
           t.name as type, e.id, e.source, e.org, e.kind, e.subject, e.version, e.time
    from ${service}.${table} w
    left join log.sequence s on s.sequence = w.number
    left join log.types t on t.id = s.type
    left join log.events e on e.position = s.position
    where w.number > ${above} and ($1::text is null or t.name = $1)
      and ($2::uuid is null or e.org = $2) and ($3::timestamptz is null or w.since >= $3)
    order by w.number limit $4)`;
}

/** The waiting events after a place, in order. */
export async function waitingAfter(
  database: Queryable,
  what: WaitingKind,
  { service, type, org, since }: WaitingFilter,
  { after, limit }: { after: WaitingPlace | undefined; limit: number },
): Promise<WaitingRow[]> {
  const parts = services
    .filter((name) => (!service || name === service) && (!after || name >= after.service))
    .map((name) => partOf(what, name, name === after?.service ? after.number : 0));
  if (parts.length === 0) return [];
  return database.query<WaitingRow>(
    `select * from (${parts.join(' union all ')}) as found order by service collate "C", number limit $4`,
    [type ?? null, org ?? null, since ?? null, limit],
  );
}

/** One of them, by its number. */
export async function waitingAt(
  database: Queryable,
  what: WaitingKind,
  { service, number }: WaitingPlace,
): Promise<WaitingRow | undefined> {
  const place = { after: { service, number: number - 1 }, limit: 1 };
  const [row] = await waitingAfter(database, what, { service }, place);
  return row?.number === number ? row : undefined;
}

/** Does something with some of a service's waiting events; answers with how many. */
export async function handOn(
  database: Queryable,
  service: Group,
  what: string,
  numbers: readonly number[],
): Promise<number> {
  const done = await database.query(`select from ${service}.${what}($1::bigint[])`, [numbers]);
  return done.length;
}
