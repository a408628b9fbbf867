import { ENVELOPE_COLUMNS, envelopeText, type EnvelopeRow } from '@skein/event-log';
import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Expected } from './damage.js';
import type { Publishable } from './stream.js';
import type { Held } from './window.js';

/** An event as it enters a stream, and the bytes that it takes up there. */
export interface HeardEvent extends Publishable, Held {}

/** One limited index scan per heard type, merged: a join over all types would scan the whole log. */
const HEARD = `
select s.sequence, s.position from log.hearings h
cross join lateral (
  select sequence, position from log.sequence
  where type = h.type and sequence > greatest($2, h.from_sequence - 1)
  order by sequence limit $3
) s
where h.service = $1
order by s.sequence limit $3`;

const NEXT = `
with heard as (${HEARD})
select heard.sequence, ${ENVELOPE_COLUMNS}
from heard
join log.events e on e.position = heard.position
join log.types t on t.id = e.type
order by heard.sequence`;

const EXPECTED = `
with heard as (${HEARD.replace('$2', '(select number from log.checkpoints where service = $1 and partition = 0)')})
select c.number as checkpoint,
       (select coalesce(max(sequence), 0) from log.sequence) as "lastNumber",
       (select sequence from heard) as next,
       (select e.id from log.sequence s join log.events e on e.position = s.position
        where s.sequence = $2) as "newestEventId"
from log.checkpoints c where c.service = $1 and c.partition = 0`;

/** The events that a service hears, from the log. */
export class HeardEvents {
  constructor(
    private readonly database: Queryable,
    readonly group: Group,
  ) {}

  /** The next events after a number. */
  async next(after: number, limit: number): Promise<HeardEvent[]> {
    const rows = await this.database.query<EnvelopeRow & { sequence: number }>(NEXT, [
      this.group,
      after,
      limit,
    ]);
    return rows.map(({ sequence, ...row }) => {
      const [eventId, text] = [row['id'], envelopeText(row)];
      return { sequence, eventId, text, bytes: eventId.length + Buffer.byteLength(text) };
    });
  }

  /** What should be in the stream; undefined before the service registered. */
  async expected(newest: number | undefined): Promise<Expected | undefined> {
    const [row] = await this.database.query<Record<keyof Expected, never>>(EXPECTED, [
      this.group,
      newest ?? null,
      1,
    ]);
    if (!row) return undefined;
    return {
      checkpoint: row.checkpoint,
      lastNumber: row.lastNumber,
      next: row.next ?? undefined,
      newestEventId: row.newestEventId ?? undefined,
    };
  }
}
