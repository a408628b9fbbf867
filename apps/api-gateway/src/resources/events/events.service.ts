import { Injectable } from '@nestjs/common';
import { API_VERSION, type EventList } from '@skein/api';
import { EventLog } from '@skein/event-log';
import type { Caller } from '../caller.js';
import { listMetadata, pageRequest, type ListQuery } from '../page.js';
import { EventSearches } from './event-searches.js';
import { EventSelection } from './event-selection.js';

/** What happened, as the log has it. */
@Injectable()
export class EventsService {
  private readonly searches: EventSearches;

  constructor(log: EventLog) {
    this.searches = new EventSearches(log);
  }

  async list({ org }: Caller, query: ListQuery): Promise<EventList> {
    const selection = EventSelection.of(query);
    const criteria = selection.criteria(org);
    const takes = ['fieldSelector', 'order'];
    const request = pageRequest('Event', query, { takes, criteria });
    const search = await this.searches.of(org, selection);
    const { items, next } = await search(request);
    return {
      apiVersion: API_VERSION,
      kind: 'EventList',
      metadata: listMetadata('Event', { next }, criteria),
      items: [...items],
    };
  }
}
