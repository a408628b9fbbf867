import type { Queryable } from '@skein/postgres';
import type { Span } from './event-list.js';

/** By how much events may be numbered later than their id was drawn: waiting for locks, and clocks that differ. */
const SLACK_MS = 60_000;

/** The first number whose event has an id at or above this one: ids begin with the time, so nearly in the order of numbers. */
const FIRST = `
with recursive probe (low, high) as (
  select coalesce(min(sequence), 1), coalesce(max(sequence), 0) + 1 from log.sequence
  union all
  select case when found.older then middle + 1 else low end,
         case when found.older then high else middle end
  from probe
  cross join lateral (select (low + high) / 2 as middle) m
  cross join lateral (
    select coalesce((
      select e.id < $1::uuid from log.sequence s join log.events e on e.position = s.position
      where s.sequence = middle), true) as older) found
  where low < high
)
select low as number from probe where low >= high`;

/** A UUIDv7 of this time, the lowest one. */
function lowestId(time: number): string {
  const digits = Math.min(Math.max(time, 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
}

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

async function firstFrom(database: Queryable, time: number): Promise<number> {
  const [row] = await database.query<{ number: number }>(FIRST, [lowestId(time)]);
  return row!.number;
}

/** Between which numbers the events with these ids (UUIDv7) are, without an index of ids. */
export async function spanOf(database: Queryable, ids: readonly string[]): Promise<Span> {
  const times = ids.map(timeOf);
  const low = await firstFrom(database, Math.min(...times) - SLACK_MS);
  const high = await firstFrom(database, Math.max(...times) + SLACK_MS);
  return { low: low - 1, high: high + 1 };
}
