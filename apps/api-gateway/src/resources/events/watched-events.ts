import type { Queryable } from '@skein/postgres';
import type { ListQuery } from '../page.js';
import { RefusedRequest } from '../refused-request.js';
import type { WatchedList } from '../watch/watched-list.js';
import { EventSelection } from './event-selection.js';
import { showEvents } from './show-events.js';

/** Parameters that a watch of events does not take. */
const untaken = ['limit', 'continue', 'order'];
/** Events whose data are in memory at the same time. */
const AT_ONCE = 25;

/** Events as the list has them, from now on or from a position: what is told of them is never another one later. */
export class WatchedEvents implements WatchedList {
  readonly kind = 'Event';
  readonly isSelective = false;
  readonly selection: EventSelection;

  /** @throws RefusedRequest */
  constructor(
    private readonly database: Queryable,
    readonly org: string,
    query: ListQuery,
  ) {
    const asked = untaken.filter((name) => query[name] !== undefined);
    if (asked.length > 0) {
      throw new RefusedRequest('invalid', `${asked.join(', ')}: not with watch; leave it out`);
    }
    this.selection = EventSelection.of(query);
    if (this.selection.only('involvedObject.name') ?? this.selection.only('metadata.name')) {
      throw new RefusedRequest(
        'invalid',
        'fieldSelector: the history of one object cannot be watched; watch the object, or select by involvedObject.kind, reason, type or actor',
      );
    }
  }

  get key(): string {
    return `${this.kind}/${this.selection.criteria(this.org)}`;
  }

  /** @param uids positions */
  async read(uids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const found = new Map<string, object>();
    for (let from = 0; from < uids.length; from += AT_ONCE) {
      const some = uids.slice(from, from + AT_ONCE);
      const places = some.map((key) => ({ key, position: Number(key) }));
      const shown = await showEvents(this.database, this, places);
      for (const [{ key }, event] of shown) found.set(key, event);
    }
    return found;
  }

  left(): Promise<ReadonlyMap<string, object>> {
    return Promise.resolve(new Map());
  }

  /** All that has happened is not told first: a list has it. */
  page(): Promise<{ items: object[]; next: undefined }> {
    return Promise.resolve({ items: [], next: undefined });
  }

  uids(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
