import type { Queryable } from '@skein/postgres';

/** An event as the log has it. */
export interface EventRecord {
  readonly position: number;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly type: string;
  /** The service that said it. */
  readonly service: string;
  readonly time: Date;
  readonly actor: string;
  /** Its data, as JSON. */
  readonly text: string;
}

/** SQL: who caused the event `e`, as users are told. What the gateway says by itself names nobody. */
export const ACTOR = `
case when e.source = '/gateway' and e.actor is not null then 'user:' || e.actor
     else 'service:' || substr(e.source, 2) end`;

const AT = `
select e.position, e.id, e.kind, e.subject, t.name as type, substr(e.source, 2) as service, e.time,
       ${ACTOR} as actor, e.data::text as text
from organisation.events e join log.types t on t.id = e.type
where e.org = $1 and e.position = any($2::bigint[])`;

/** The events at these positions, by position. */
export async function eventsAt(
  database: Queryable,
  org: string,
  positions: readonly number[],
): Promise<ReadonlyMap<number, EventRecord>> {
  if (positions.length === 0) return new Map();
  const rows = await database.query<EventRecord>(AT, [org, [...new Set(positions)]]);
  return new Map(rows.map((row) => [row.position, row]));
}
