import type { EventTypes } from '@skein/event-log';
import type { Queryable } from '@skein/postgres';
import type { EventSelection } from './event-selection.js';
import { ACTOR } from './event-records.js';
import type { Place } from './pages.js';

/** A place in the list of all events, which is in the order of their numbers. */
export interface NumberedPlace extends Place {
  readonly key: string;
}

/** Numbers between which to look; both excluded. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export const everything: Span = { low: 0, high: Number.MAX_SAFE_INTEGER };

/**
 * One limited index scan per type, merged, so that rare types are found without passing by all others. Those of other
 * organisations, and of others than the actors and ids asked for, are looked at only.
 */
const lookSql = (direction: 'asc' | 'desc'): string => `
with seen as materialized (
  select s.sequence, s.position
  from unnest($2::smallint[]) as t (type)
  cross join lateral (
    select sequence, position from log.sequence s
    where s.type = t.type and s.sequence > $3::bigint and s.sequence < $4::bigint
    order by s.sequence ${direction} limit $5) s
  order by s.sequence ${direction} limit $5
)
select seen.sequence as key, e.position
from seen left join lateral (
  select e.position from organisation.events e
  where e.position = seen.position and e.org = $1
    and ($6::text[] is null or ${ACTOR} = any($6::text[])) and ${ACTOR} <> all($7::text[])
    and ($8::uuid[] is null or e.id = any($8::uuid[]))
  offset 0) e on true
order by seen.sequence ${direction}`;

const statements = { asc: lookSql('asc'), desc: lookSql('desc') };

export interface ListQuestion {
  readonly org: string;
  readonly selection: EventSelection;
  /** Names of types. */
  readonly types: readonly string[];
  readonly span: Span;
  /** Undefined: any. */
  readonly ids: readonly string[] | undefined;
}

/** The next places in the list of an organisation's events. */
export async function lookThroughList(
  database: Queryable,
  known: EventTypes,
  { org, selection, types, span, ids }: ListQuestion,
  { after, count }: { readonly after: number | null; readonly count: number },
): Promise<NumberedPlace[]> {
  const { low, high } = span;
  const forward = selection.order === 'asc';
  const actors = selection.only('actor');
  const rows = await database.query<{ key: number; position: number | null }>(
    statements[selection.order],
    [
      org,
      types.map((type) => known.idOf(type)),
      forward ? Math.max(after ?? low, low) : low,
      forward ? high : Math.min(after ?? high, high),
      count,
      actors ? [...actors] : null,
      selection.never('actor'),
      ids ?? null,
    ],
  );
  return rows.map(({ key, position }) => ({
    key: String(key),
    ...(position !== null && { position }),
  }));
}
