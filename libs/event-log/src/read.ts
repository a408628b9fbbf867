import { decode, type Delivered } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** Attributes that an event may lack; what a caller sends gets into them. */
const sparse = [
  'causationid',
  'correlationid',
  'traceparent',
  'actor',
  'sourceaddress',
  'requestid',
]
  .map((name) => `',"${name}":' || to_json(e.${name})`)
  .join(', ');

/**
 * SQL: one event as JSON text; `e` is log.events, `t` is log.types. Its data are not parsed on the way.
 * Names of types, kinds and services have nothing in them that JSON would escape.
 */
export const ENVELOPE_TEXT = `concat(
  '{"id":"', e.id, '","source":"', e.source, '","type":"', t.name, '","kind":"', e.kind,
  '","subject":"', e.subject, '","time":', left(to_json(e.time at time zone 'UTC')::text, -1), 'Z"',
  ',"org":"', e.org, '","version":', e.version,
  ${sparse}, ',"data":', e.data, '}')`;

const READ = `
select s.sequence, ${ENVELOPE_TEXT} as text
from unnest($1::bigint[]) as wanted (number)
cross join lateral (select sequence, position from log.sequence where sequence = wanted.number limit 1) s
cross join lateral (select * from log.events where position = s.position limit 1) e
join log.types t on t.id = e.type
order by s.sequence`;

/** The text of the events with these numbers, in order of their numbers. */
export function readEventTexts(
  database: Queryable,
  numbers: readonly number[],
): Promise<{ sequence: number; text: string }[]> {
  return database.query<{ sequence: number; text: string }>(READ, [numbers]);
}

/** The events with these numbers, in order. @throws UnreadableEvent */
export async function readEvents(
  database: Queryable,
  numbers: readonly number[],
): Promise<Delivered[]> {
  const texts = await readEventTexts(database, numbers);
  return texts.map(({ sequence, text }) => ({ sequence, event: decode(text) }));
}
