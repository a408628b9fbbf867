import {
  MAX_BATCH_EVENT_BYTES,
  MAX_EVENT_BYTES,
  newUid,
  speakers,
  type Group,
  type NewEvent,
} from '@skein/events';
import type { Queryable } from '@skein/postgres';
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

const LOCK_SUBJECTS = `
insert into log.subjects as s (org, kind, subject, version)
select org, kind, subject, count(*)
from unnest($1::uuid[], $2::text[], $3::uuid[]) as e (org, kind, subject)
group by org, kind, subject
order by org, kind, subject
on conflict (org, kind, subject) do update set version = s.version + excluded.version
returning org, kind, subject, version`;

const APPEND = `
insert into log.events (id, org, kind, subject, version, type, source, data,
                        causationid, correlationid, traceparent, actor, sourceaddress, requestid)
select id, org, kind, subject, version, type, $14::text, data,
       causationid, correlationid, traceparent, actor, sourceaddress, requestid
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::smallint[], $7::json[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
     with ordinality as e (id, org, kind, subject, version, type, data,
                           causationid, correlationid, traceparent, actor, sourceaddress, requestid, ordinality)
order by ordinality`;

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

type Key = string;
const keyOf = (org: string, kind: string, subject: string): Key => `${org}/${kind}/${subject}`;

/** Locks all subjects with one sorted statement and answers the version before each one's first new event. */
async function lockSubjects(transaction: Queryable, events: readonly NewEvent[]) {
  const rows = await transaction.query<{
    org: string;
    kind: string;
    subject: string;
    version: number;
  }>(LOCK_SUBJECTS, [
    events.map((event) => event.org),
    events.map((event) => event.definition.kind),
    events.map((event) => event.subject),
  ]);
  const added = new Map<Key, number>();
  for (const { org, definition, subject } of events) {
    const key = keyOf(org, definition.kind, subject);
    added.set(key, (added.get(key) ?? 0) + 1);
  }
  return new Map(
    rows.map(({ org, kind, subject, version }) => {
      const key = keyOf(org, kind, subject);
      return [key, version - added.get(key)!];
    }),
  );
}

function numberVersions(events: readonly NewEvent[], before: Map<Key, number>): AppendedEvent[] {
  return events.map(({ org, definition, subject }) => {
    const key = keyOf(org, definition.kind, subject);
    const version = before.get(key)! + 1;
    before.set(key, version);
    return { id: newUid(), version };
  });
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
  const appended = numberVersions(events, await lockSubjects(transaction, events));
  const column = <Value>(read: (event: NewEvent) => Value) => events.map(read);
  const sparse = (read: (event: NewEvent) => string | undefined) =>
    events.some((event) => read(event) !== undefined) ? events.map(read) : null;
  await transaction.query(APPEND, [
    appended.map(({ id }) => id),
    column((event) => event.org),
    column((event) => event.definition.kind),
    column((event) => event.subject),
    appended.map(({ version }) => version),
    column((event) => by.types.idOf(event.definition.type)),
    data,
    sparse((event) => event.origin?.causationid),
    sparse((event) => event.origin?.correlationid),
    sparse((event) => event.origin?.traceparent),
    sparse((event) => event.origin?.actor),
    sparse((event) => event.origin?.sourceaddress),
    sparse((event) => event.origin?.requestid),
    `/${by.service}`,
  ]);
  return appended;
}
