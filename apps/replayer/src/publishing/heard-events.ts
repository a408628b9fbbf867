import { ENVELOPE_TEXT } from '@skein/event-log';
import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Expected } from './damage.js';
import type { Publishable } from './stream.js';
import type { Held } from './window.js';

/** An event as it enters a stream, and the bytes that it takes up there. */
export interface HeardEvent extends Publishable, Held {}

/** SQL: above every number. */
export const END_OF_LOG = '9223372036854775807';

/** The event under a number, if the log has one: looked up, and never joined, as a plan that was made for an empty log would do. */
const eventId = (number: string) => `
(select e.id from log.sequence s
 cross join lateral (select id from log.events where position = s.position limit 1) e
 where s.sequence = ${number})`;

const NEXT = `
select heard.sequence, ${eventId('$5::bigint')} as before,
  e.id as "eventId", ${ENVELOPE_TEXT} as text
from log.heard($1, $2, $3, ${END_OF_LOG}, $4) heard
cross join lateral (select * from log.events where position = heard.position limit 1) e
cross join lateral (select name from log.types where id = e.type limit 1) t
order by heard.sequence`;

const EXPECTED = `
select c.number as checkpoint,
       (select coalesce(max(sequence), 0) from log.sequence) as "lastNumber",
       (select sequence from log.heard($1, $2, c.number, ${END_OF_LOG}, 1)) as next,
       ${eventId('$3::bigint')} as "newestEventId"
from log.checkpoints c where c.service = $1 and c.partition = $2`;

interface Row extends Publishable {
  readonly before: string | null;
}

/** What follows in a stream, and what the log says of the entry before it. */
export interface Following {
  readonly events: HeardEvent[];
  /** The event under the number that was asked for; undefined without one, or without events. */
  readonly before: string | undefined;
}

/** The events of one partition that a service hears, from the log. */
export class HeardEvents {
  constructor(
    private readonly database: Queryable,
    readonly group: Group,
    private readonly partition = 0,
  ) {}

  /** The next events after a number. `last`: the number of the stream's last entry. */
  async next(after: number, limit: number, last?: number): Promise<Following> {
    const rows = await this.database.query<Row>(NEXT, [
      ...[this.group, this.partition, after, limit],
      last ?? null,
    ]);
    const events = rows.map(({ sequence, eventId, text }) => {
      const bytes = eventId.length + Buffer.byteLength(text);
      return { sequence, eventId, text, bytes };
    });
    return { events, before: rows[0]?.before ?? undefined };
  }

  /** What should be in the stream; undefined before the service registered. */
  async expected(newest: number | undefined): Promise<Expected | undefined> {
    const [row] = await this.database.query<Record<keyof Expected, never>>(EXPECTED, [
      ...[this.group, this.partition],
      newest ?? null,
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
