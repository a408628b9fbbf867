import type { Queryable } from '@skein/postgres';

/** What a stream says that it brings: an event's number, and its id. */
export interface Delivery {
  readonly sequence: number;
  readonly id: string;
}

/** Each is looked up: a join would read the whole log, by a plan that was made when that was empty. */
const IN_LOG = `
select d.number from unnest($1::bigint[], $2::text[]) d (number, id)
cross join lateral (select position from log.sequence where sequence = d.number limit 1) s
cross join lateral (select id from log.events where position = s.position limit 1) e
where e.id::text = d.id`;

/**
 * Those of which the log has this very event under this number. Not all, when PostgreSQL was
 * restored to an earlier point and the streams still have what it lost.
 */
export async function inLog(
  database: Queryable,
  deliveries: readonly Delivery[],
): Promise<Delivery[]> {
  const rows = await database.query<{ number: number }>(IN_LOG, [
    deliveries.map(({ sequence }) => sequence),
    deliveries.map(({ id }) => id),
  ]);
  const found = new Set(rows.map(({ number }) => number));
  return deliveries.filter(({ sequence }) => found.has(sequence));
}
