import { Injectable } from '@nestjs/common';
import { API_VERSION, type Event, type EventList } from '@skein/api';
import { EventLog } from '@skein/event-log';
import type { JsonObject } from '@skein/events';
import type { Caller } from './caller.js';
import { resourceKind, told, type NameOf, type ToldEvent } from './event-presenter.js';
import { listMetadata, pageRequest, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';

interface Row {
  readonly sequence: number;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly type: string;
  readonly source: string;
  readonly time: Date;
  readonly actor: string | null;
  readonly data: JsonObject;
}

const NEWEST = `
select s.sequence, e.id, e.kind, e.subject, t.name as type, e.source, e.time, e.actor, e.data
from log.sequence s
join log.events e on e.position = s.position
join log.types t on t.id = s.type
where e.org = $1 and t.name = any($2::text[]) and ($3::bigint is null or s.sequence < $3)
order by s.sequence desc
limit $4`;

/** Every named subject says its name in its first event, also one that is deleted since. */
const NAMES = `
select e.subject as uid, e.data ->> 'name' as name
from log.events e
where e.org = $1 and e.kind in ('Device', 'Fleet', 'Repository', 'TemplateVersion')
  and log.concerned(e.kind, e.subject, e.data) && $2::uuid[] and e.subject = any($2::uuid[]) and e.version = 1`;

const types = [...told.keys()];

function namedIn({ subject, data }: Row): unknown[] {
  const [member] = (data['members'] ?? []) as { device?: string }[];
  return [subject, data['fleet'], data['templateVersion'], member?.device];
}

function tell(row: Row, name: NameOf): ToldEvent {
  return told.get(row.type)!(row.data as never, name);
}

function actorOf({ actor, source }: Row): string {
  return source === '/gateway' ? `user:${actor ?? 'unknown'}` : `service:${source.slice(1)}`;
}

function present(row: Row, name: NameOf): Event {
  const { reason, message, type = 'Normal', details, about } = tell(row, name);
  const kind = resourceKind(about?.kind ?? row.kind);
  const involved = name(about?.uid ?? row.subject);
  return {
    apiVersion: API_VERSION,
    kind: 'Event',
    metadata: { name: row.id, creationTimestamp: row.time.toISOString() },
    involvedObject: { kind, name: involved },
    reason,
    message: `${kind} ${involved} ${message}`,
    type,
    source: { component: row.source.slice(1) },
    actor: actorOf(row),
    ...(details && { details }),
  };
}

function positionOf(after: string | null): number | null {
  const position = after === null ? null : Number(after);
  if (position === null || Number.isSafeInteger(position)) return position;
  throw new RefusedRequest('invalid', 'continue: is not a position in a list of Event');
}

/** What happened, newest first, as the log has it. */
@Injectable()
export class EventsService {
  constructor(private readonly log: EventLog) {}

  async list({ org }: Caller, query: ListQuery): Promise<EventList> {
    const { limit, after } = pageRequest('Event', query);
    const parameters = [org, types, positionOf(after), limit + 1];
    const found = await this.log.postgres.query<Row>(NEWEST, parameters);
    const rows = found.slice(0, limit);
    const next = found.length > limit ? String(rows.at(-1)!.sequence) : undefined;
    const name = await this.names(org, rows);
    return {
      apiVersion: API_VERSION,
      kind: 'EventList',
      metadata: listMetadata('Event', { rows, next }),
      items: rows.map((row) => present(row, name)),
    };
  }

  /** A uid that no event names is shown as it is. */
  private async names(org: string, rows: readonly Row[]): Promise<NameOf> {
    const uids = new Set(rows.flatMap(namedIn).filter((uid) => typeof uid === 'string'));
    const found = await this.log.postgres.query<{ uid: string; name: string }>(NAMES, [
      org,
      [...uids],
    ]);
    const names = new Map(found.map(({ uid, name }) => [uid, name]));
    return (uid) => names.get(uid) ?? uid;
  }
}
