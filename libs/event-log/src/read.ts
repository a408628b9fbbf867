import { decode, type Delivered } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** The columns from which an envelope is written; `e` is log.events, `t` is log.types. */
export const ENVELOPE_COLUMNS = `e.id, e.source, t.name as type, e.kind, e.subject, e.time, e.org, e.version,
  e.causationid, e.correlationid, e.traceparent, e.actor, e.sourceaddress, e.requestid, e.data::text as data`;

export interface EnvelopeRow {
  readonly id: string;
  readonly time: Date;
  readonly version: number;
  /** JSON text, written into the envelope as it is. */
  readonly data: string;
  readonly [attribute: string]: unknown;
}

const attributes = [
  ...['id', 'source', 'type', 'kind', 'subject', 'time', 'org', 'version', 'causationid'],
  ...['correlationid', 'traceparent', 'actor', 'sourceaddress', 'requestid'],
];

/** One event as JSON text; its data is not parsed on the way. Columns that an envelope does not have are left out. */
export function envelopeText(row: EnvelopeRow): string {
  const present: Record<string, unknown> = {};
  for (const name of attributes) if (row[name] !== null) present[name] = row[name];
  return `${JSON.stringify(present).slice(0, -1)},"data":${row.data}}`;
}

const READ = `
select s.sequence, ${ENVELOPE_COLUMNS}
from log.sequence s
join log.events e on e.position = s.position
join log.types t on t.id = e.type
where s.sequence = any($1::bigint[])
order by s.sequence`;

/** The text of the events with these numbers, in order of their numbers. */
export async function readEventTexts(
  database: Queryable,
  numbers: readonly number[],
): Promise<{ sequence: number; text: string }[]> {
  const rows = await database.query<EnvelopeRow & { sequence: number }>(READ, [numbers]);
  return rows.map((row) => ({ sequence: row.sequence, text: envelopeText(row) }));
}

/** The events with these numbers, in order. @throws UnreadableEvent */
export async function readEvents(
  database: Queryable,
  numbers: readonly number[],
): Promise<Delivered[]> {
  const texts = await readEventTexts(database, numbers);
  return texts.map(({ sequence, text }) => ({ sequence, event: decode(text) }));
}
