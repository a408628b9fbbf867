import {
  MAX_BATCH_EVENT_BYTES,
  MAX_EVENT_BYTES,
  newUid,
  speakers,
  type Group,
  type NewEvent,
} from '@skein/events';
import {
  bigintArray,
  jsonArray,
  smallintArray,
  textArray,
  uuidArray,
  type Queryable,
} from '@skein/postgres';
import type { EventTypes } from './event-types.js';

/** An event that may not enter the log. */
export class RefusedEvent extends Error {
  readonly retryable = false;
  constructor(
    readonly code: 'too-large' | 'not-the-speaker',
    message: string,
  ) {
    super(message);
  }
}

export interface AppendedEvent {
  readonly id: string;
  /** The subject's version that this event made. */
  readonly version: number;
}

/**
 * One statement: it locks all subjects in one order, so that two appends cannot deadlock, and counts their versions on;
 * then the events are inserted, and draw their positions, in the order asked for. No event comes out of the
 * second part before the first has ended, whatever the plan: that is what counting the locked is for.
 */
const APPEND = `
with locked as (
  insert into log.subjects as s (org, kind, subject, version)
  select org, kind, subject, count(*)
  from unnest($2::uuid[], $3::text[], $4::uuid[]) as e (org, kind, subject)
  group by org, kind, subject
  order by subject, kind, org
  on conflict (subject, kind, org) do update set version = s.version + excluded.version
  returning org, kind, subject, version
)
insert into log.events (id, org, kind, subject, version, type, source, data,
                        causationid, correlationid, traceparent, actor, sourceaddress, requestid)
select e.id, e.org, e.kind, e.subject, locked.version - e.later, e.type, $14::text, e.data,
       e.causationid, e.correlationid, e.traceparent, e.actor, e.sourceaddress, e.requestid
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::smallint[], $7::json[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
     with ordinality as e (id, org, kind, subject, later, type, data,
                           causationid, correlationid, traceparent, actor, sourceaddress, requestid, ordinality)
join locked on locked.subject = e.subject and locked.kind = e.kind and locked.org = e.org
where (select count(*) from locked) > 0
order by ordinality
returning version`;

function check(event: NewEvent, data: string, service: Group): void {
  const { kind, type } = event.definition;
  if (speakers[kind] !== service) {
    throw new RefusedEvent('not-the-speaker', `${service} does not speak of ${kind}: ${type}`);
  }
  const members = (event.data as { members?: unknown }).members;
  const limit = members ? MAX_BATCH_EVENT_BYTES : MAX_EVENT_BYTES;
  if (Buffer.byteLength(data) > limit) {
    throw new RefusedEvent('too-large', `${type} has more than ${limit} bytes`);
  }
}

/** How many of these events come after each one and are about the same subject. */
function laterOnes(events: readonly NewEvent[]): number[] {
  const seen = new Map<string, number>();
  const later = events.toReversed().map(({ org, definition, subject }) => {
    const key = `${org}/${definition.kind}/${subject}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return count;
  });
  return later.reverse();
}

/**
 * Appends events in the caller's transaction, as its last statement: subjects are
 * locked first, so that per subject the order of positions is the order of versions.
 * @throws RefusedEvent
 */
export async function append(
  transaction: Queryable,
  events: readonly NewEvent[],
  by: { service: Group; types: EventTypes },
): Promise<AppendedEvent[]> {
  if (events.length === 0) return [];
  const data = events.map((event) => JSON.stringify(event.data));
  events.forEach((event, index) => check(event, data[index]!, by.service));
  const ids = events.map(() => newUid());
  const texts = (read: (event: NewEvent) => string | undefined) => {
    const values = events.map(read);
    return values.some((value) => value !== undefined) ? textArray(values) : null;
  };
  const rows = await transaction.query<{ version: number }>(APPEND, [
    uuidArray(ids),
    uuidArray(events.map((event) => event.org)),
    textArray(events.map((event) => event.definition.kind)),
    uuidArray(events.map((event) => event.subject)),
    bigintArray(laterOnes(events)),
    smallintArray(events.map((event) => by.types.idOf(event.definition.type))),
    jsonArray(data),
    texts((event) => event.origin?.causationid),
    texts((event) => event.origin?.correlationid),
    texts((event) => event.origin?.traceparent),
    texts((event) => event.origin?.actor),
    texts((event) => event.origin?.sourceaddress),
    texts((event) => event.origin?.requestid),
    `/${by.service}`,
  ]);
  return ids.map((id, index) => ({ id, version: rows[index]!.version }));
}
