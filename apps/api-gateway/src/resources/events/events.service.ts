import { Injectable } from '@nestjs/common';
import { API_VERSION, type EventList } from '@skein/api';
import { EventLog } from '@skein/event-log';
import type { Caller } from '../caller.js';
import { OrganisationDatabases } from '../organisation-database.js';
import { listMetadata, pageRequest, type ListQuery } from '../page.js';
import { ListPositions } from '../watch/list-positions.js';
import type { WatchedList } from '../watch/watched-list.js';
import { EventSearches } from './event-searches.js';
import { EventSelection } from './event-selection.js';
import { WatchedEvents } from './watched-events.js';

/** What happened, as the log has it. */
@Injectable()
export class EventsService {
  private readonly searches: EventSearches;

  constructor(
    log: EventLog,
    private readonly organisations: OrganisationDatabases,
    private readonly positions: ListPositions,
  ) {
    this.searches = new EventSearches(log, organisations);
  }

  /** @throws RefusedRequest */
  watched({ org }: Caller, query: ListQuery): WatchedList {
    return new WatchedEvents(this.organisations.of(org), org, query);
  }

  async list({ org }: Caller, query: ListQuery): Promise<EventList> {
    const now = this.positions.now(org);
    const selection = EventSelection.of(query);
    const criteria = selection.criteria(org);
    const takes = ['fieldSelector', 'order', 'watch'];
    const request = pageRequest('Event', query, { takes, criteria });
    const search = await this.searches.of(org, selection);
    const { items, next } = await search(request);
    return {
      apiVersion: API_VERSION,
      kind: 'EventList',
      metadata: listMetadata('Event', { next }, criteria, request.at ?? now),
      items: [...items],
    };
  }
}
