import type { Event } from '@skein/api';
import type { Queryable } from '@skein/postgres';
import { entryOf, present } from './event-presenter.js';
import { eventsAt } from './event-records.js';
import type { EventSelection } from './event-selection.js';
import { namesOf, type Named } from './named.js';
import type { Place } from './pages.js';

/** A place in a list, or in somebody's history. */
interface SomePlace extends Place {
  readonly uid?: string;
  readonly previous?: number | null;
}

interface Question {
  readonly org: string;
  readonly selection: EventSelection;
}

const isPosition = (position: number | null | undefined): position is number =>
  typeof position === 'number';

/** The events at these places that are asked for, as the API answers them. `viewers`: whose histories they are in, by uid. */
export async function showEvents<At extends SomePlace>(
  database: Queryable,
  { org, selection }: Question,
  places: readonly At[],
  viewers: ReadonlyMap<string, Named> = new Map(),
): Promise<ReadonlyMap<At, Event>> {
  const positions = places.flatMap(({ position, previous }) => [position, previous]);
  const records = await eventsAt(database, org, positions.filter(isPosition));
  const entries = places.flatMap((place) => {
    const record = records.get(place.position!);
    if (!record) return [];
    const viewer = viewers.get(place.uid ?? '');
    const entry = entryOf({ record, viewer, before: records.get(place.previous ?? 0) });
    return entry ? [{ place, entry }] : [];
  });
  const uids = entries.flatMap(({ entry }) => entry.uids);
  const names = await namesOf(database, org, uids);
  const events = entries.map(({ place, entry }) => [place, present(entry, names)] as const);
  return new Map(events.filter(([, event]) => selection.matches(event)));
}
