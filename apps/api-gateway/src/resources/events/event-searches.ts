import type { EventLog } from '@skein/event-log';
import type { OrganisationDatabases } from '../organisation-database.js';
import { noPosition, type PageRequest } from '../page.js';
import { RefusedRequest } from '../refused-request.js';
import {
  lookThroughHistory,
  type HistoryKey,
  type HistoryPlace,
  type HistoryQuestion,
} from './event-history.js';
import { everything, lookThroughList, type ListQuestion } from './event-list.js';
import type { EventSelection } from './event-selection.js';
import { showEvents } from './show-events.js';
import { spanOf } from './event-time.js';
import { isUid, namedSo, namesOf, type Named } from './named.js';
import { pageOf, type EventPage, type Place } from './pages.js';
import { listTypes, historyTypes } from './types-for.js';

/** More things than anybody looks at the history of; names of template versions are the same in all fleets. */
const MAX_THINGS = 1_000;

const nothing: EventPage = { items: [], next: undefined };

type PageOf = (request: PageRequest) => Promise<EventPage>;

const EVENT_NAME = /^(?<id>[0-9a-f-]{36})(?:\.(?<uid>[0-9a-f-]{36}))?$/;

/** The ids of events and, where it is an event in somebody's history, of whom. */
function partsOf(name: string): { id: string; uid?: string } | undefined {
  const { id, uid } = EVENT_NAME.exec(name)?.groups ?? {};
  if (!isUid(id) || (uid !== undefined && !isUid(uid))) return undefined;
  return { id, ...(uid && { uid }) };
}

function numberOf(after: string | null): number | null {
  if (after === null) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw noPosition('Event');
}

function keyOf(after: string | null): HistoryKey | null {
  if (after === null) return null;
  const [position, uid, ...rest] = after.split('/');
  if (isUid(uid) && rest.length === 0) return { position: numberOf(position!)!, uid };
  throw noPosition('Event');
}

/** Finds the cheapest way to what is asked for. */
export class EventSearches {
  constructor(
    private readonly log: EventLog,
    private readonly organisations: OrganisationDatabases,
  ) {}

  /** @throws RefusedRequest */
  async of(org: string, selection: EventSelection): Promise<PageOf> {
    const asked = [...(selection.only('metadata.name') ?? [])].map(partsOf);
    const parts = asked.filter((part) => part !== undefined);
    const ids = selection.only('metadata.name') && parts.map(({ id }) => id);
    const things = await this.things(org, selection, parts);
    if (things) {
      const types = historyTypes(selection);
      return (request) => this.history({ org, selection, things, types, ids }, request);
    }
    if (ids?.length === 0) return () => Promise.resolve(nothing);
    const span = ids ? await spanOf(this.log.postgres, ids) : everything;
    return (request) =>
      this.all({ org, selection, types: listTypes(selection), span, ids }, request);
  }

  /** Whose histories are meant; undefined: no certain ones. */
  private async things(
    org: string,
    selection: EventSelection,
    parts: readonly { readonly uid?: string }[],
  ): Promise<readonly Named[] | undefined> {
    const names = selection.only('involvedObject.name');
    const kinds = selection.only('involvedObject.kind');
    if (names) return this.called([...names], kinds && [...kinds], org);
    const uids = parts.map(({ uid }) => uid).filter((uid) => uid !== undefined);
    if (uids.length === 0) return undefined;
    if (uids.length === parts.length) {
      return [...(await namesOf(this.organisations.of(org), org, uids)).values()];
    }
    throw new RefusedRequest(
      'invalid',
      'fieldSelector: metadata.name in (…) takes names of events in histories, with a dot in them, or names of others, not both',
    );
  }

  private async called(names: string[], kinds: string[] | undefined, org: string) {
    const limit = MAX_THINGS + 1;
    const things = await namedSo(this.organisations.of(org), org, { names, kinds, limit });
    if (things.length <= MAX_THINGS) return things;
    throw new RefusedRequest(
      'invalid',
      `fieldSelector: more than ${MAX_THINGS} objects have such a name; say involvedObject.kind, or look at the history of a fleet`,
    );
  }

  private history(question: HistoryQuestion, { limit, after }: PageRequest): Promise<EventPage> {
    const viewers = new Map(question.things.map((thing) => [thing.uid, thing]));
    const look = (last: string | null, count: number) =>
      lookThroughHistory(this.organisations.of(question.org), this.log.types, question, {
        after: keyOf(last),
        count,
      });
    const show = (places: readonly HistoryPlace[]) =>
      showEvents(this.organisations.of(question.org), question, places, viewers);
    return pageOf({ look, show }, { limit, after });
  }

  private all(question: ListQuestion, { limit, after }: PageRequest): Promise<EventPage> {
    const look = (last: string | null, count: number) =>
      lookThroughList(this.organisations.of(question.org), this.log.types, question, {
        after: numberOf(last),
        count,
      });
    const show = (places: readonly Place[]) =>
      showEvents(this.organisations.of(question.org), question, places);
    return pageOf({ look, show }, { limit, after });
  }
}
