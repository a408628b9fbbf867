import type { Delivered } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** Where rows that tests made begin; those that services append come before. */
const FIRST_POSITION = 10_000_000;

/** Tells events that a test put into the log from those that a service appended. */
export const TEST_SOURCE = '/test';

/**
 * Makes the log have events under the numbers that a test gave them, as if they had been
 * appended and numbered: the fence lets nothing else take effect. `database`: with the role that migrated it.
 */
export async function putIntoLog(database: Queryable, events: readonly Delivered[]): Promise<void> {
  const types = [...new Set(events.map(({ event }) => event.type))];
  await database.query('select log.register_types($1)', [types]);
  await database.query(
    `with given as (
       select g.*, ${FIRST_POSITION} + sequence as position, t.id as type_id
       from json_to_recordset($1) as g (sequence bigint, id uuid, org uuid, kind text, subject uuid, type text, data json)
       join log.types t on t.name = g.type
     ), kept as (
       insert into log.events (position, id, org, kind, subject, version, type, source, data)
       select position, id, org, kind, subject, sequence, type_id, $2, data from given order by position
       on conflict do nothing
     )
     insert into log.sequence (sequence, position, type)
     select sequence, position, type_id from given order by sequence
     on conflict do nothing`,
    [JSON.stringify(events.map(({ sequence, event }) => ({ ...event, sequence }))), TEST_SOURCE],
  );
}
