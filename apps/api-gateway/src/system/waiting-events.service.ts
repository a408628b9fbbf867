import { Inject, Injectable } from '@nestjs/common';
import { API_VERSION, type WaitingEvent, type WaitingEventList } from '@skein/api';
import { readEventTexts } from '@skein/event-log';
import { groups } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { LOGGER, type Logger } from '@skein/telemetry';
import { attempt } from '../resources/attempt.js';
import type { Caller } from '../resources/caller.js';
import { listMetadata, pageRequest, type ListQuery } from '../resources/page.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { waitingFilter, type WaitingFilter } from './waiting-filter.js';
import {
  handOn,
  waitingAfter,
  waitingAt,
  type WaitingKind,
  type WaitingPlace,
  type WaitingRow,
} from './waiting-events.js';

export type Deed = 'retry' | 'drop';

const AT_ONCE = 1_000;

function placeOf(kind: string, after: string | null): WaitingPlace | undefined {
  if (after === null) return undefined;
  const [service, number] = after.split('/');
  const known = groups.find((group) => group === service);
  if (known && /^\d{1,15}$/.test(number ?? '')) return { service: known, number: Number(number) };
  throw new RefusedRequest('invalid', `continue: is not a position in a list of ${kind}`);
}

function eventOf({ type, id, source, org, kind, subject, version, time }: WaitingRow) {
  if (type === null) return {};
  return { event: { id, source, type, kind, subject, time: time.toISOString(), org, version } };
}

function present(row: WaitingRow): WaitingEvent {
  const { service, number, reason, since, attempts } = row;
  const about = { service, number, reason, since: since.toISOString() };
  return { ...about, ...(attempts !== null && { attempts }), ...eventOf(row) };
}

/** The events that services gave up or parked. The services own them: here they are shown, and wishes are handed on. */
@Injectable()
export class WaitingEventsService {
  constructor(
    private readonly postgres: Postgres,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async list(what: WaitingKind, query: ListQuery): Promise<WaitingEventList> {
    const filter = waitingFilter(query, ['limit', 'continue', 'org_id']);
    const { limit, after } = pageRequest(what.kind, query);
    const page = { after: placeOf(what.kind, after), limit: limit + 1 };
    const found = await waitingAfter(this.postgres, what, filter, page);
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    const next = last && `${last.service}/${last.number}`;
    return {
      apiVersion: API_VERSION,
      kind: `${what.kind}List`,
      metadata: listMetadata(what.kind, { rows, next }),
      items: rows.map(present),
    };
  }

  /** With the event as it is in the log. */
  async read(what: WaitingKind, place: WaitingPlace): Promise<WaitingEvent> {
    const row = await waitingAt(this.postgres, what, place);
    if (!row) throw this.notFound(what, place);
    const [found] = await readEventTexts(this.postgres, [place.number]);
    return { ...present(row), ...(found && { event: JSON.parse(found.text) as object }) };
  }

  /** @throws RefusedRequest when it does not wait, or not any more */
  async one(caller: Caller, what: WaitingKind, deed: Deed, place: WaitingPlace): Promise<void> {
    const { service, number } = place;
    const done = await attempt(() => handOn(this.postgres, service, what[deed], [number]));
    if (done === 0) throw this.notFound(what, place);
    this.logger.info({ ...place, actor: caller.actor }, `${what.table}: ${deed} one`);
  }

  /** Those that wait now, in steps; answers with how many they were. */
  async all(caller: Caller, what: WaitingKind, deed: Deed, filter: WaitingFilter): Promise<number> {
    let count = 0;
    let after: WaitingPlace | undefined;
    do {
      const rows = await waitingAfter(this.postgres, what, filter, { after, limit: AT_ONCE });
      for (const [service, found] of Map.groupBy(rows, (row) => row.service)) {
        const numbers = found.map(({ number }) => number);
        count += await attempt(() => handOn(this.postgres, service, what[deed], numbers));
      }
      after = rows.at(-1);
    } while (after);
    this.logger.info({ filter, count, actor: caller.actor }, `${what.table}: ${deed} by filter`);
    return count;
  }

  private notFound({ kind }: WaitingKind, { service, number }: WaitingPlace): RefusedRequest {
    return RefusedRequest.notFound(kind, `${service}/${number}`);
  }
}
