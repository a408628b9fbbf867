import type { EventTypes } from '@skein/event-log';
import type { Queryable } from '@skein/postgres';
import type { EventSelection } from './event-selection.js';
import { ACTOR } from './event-records.js';
import type { Named } from './named.js';
import type { Place } from './pages.js';
import { tellings } from './tell/registry.js';

/** An event in the history of one thing. */
export interface HistoryPlace extends Place {
  readonly position: number;
  /** Whose history it is. */
  readonly uid: string;
  /** Position of the event before of the same matter. */
  readonly previous: number | null;
}

/** Where a history goes on: after this event, in the history of this thing. */
export interface HistoryKey {
  readonly position: number;
  readonly uid: string;
}

/**
 * All events that concern these things: the index has no order, so a page costs as much as they have events. Positions,
 * since per thing their order is that of the versions, and numbers cannot be found by them.
 */
const lookSql = (direction: 'asc' | 'desc'): string => `
with told as (
  select * from unnest($3::smallint[], $4::text[], $5::boolean[]) as t (type, matter, wanted)
), concerned as (
  select e.position, u.uid, told.wanted, e.id, ${ACTOR} as actor,
    case when told.matter is not null
      then lag(e.position) over (partition by u.uid, told.matter order by e.position) end as previous
  from unnest($2::uuid[]) as u (uid)
  join organisation.events e
    on e.org = $1 and log.concerned(e.kind, e.subject, e.data) @> array[u.uid]
  join told on told.type = e.type
)
select position, uid, previous
from concerned
where wanted
  and ($6::bigint is null or (position, uid) ${direction === 'asc' ? '>' : '<'} ($6::bigint, $7::uuid))
  and ($8::text[] is null or actor = any($8::text[])) and actor <> all($9::text[])
  and ($10::uuid[] is null or id = any($10::uuid[]))
order by position ${direction}, uid ${direction}
limit $11`;

const statements = { asc: lookSql('asc'), desc: lookSql('desc') };

export interface HistoryQuestion {
  readonly org: string;
  readonly selection: EventSelection;
  readonly things: readonly Named[];
  /** Names of the types that can be what is asked for. */
  readonly types: readonly string[];
  /** Undefined: any. */
  readonly ids: readonly string[] | undefined;
}

/** The next places in the histories of these things, taken together. */
export async function lookThroughHistory(
  database: Queryable,
  known: EventTypes,
  { org, selection, things, types, ids }: HistoryQuestion,
  { after, count }: { readonly after: HistoryKey | null; readonly count: number },
): Promise<HistoryPlace[]> {
  const all = [...tellings.values()];
  const actors = selection.only('actor');
  const rows = await database.query<Omit<HistoryPlace, 'key'>>(statements[selection.order], [
    org,
    things.map(({ uid }) => uid),
    all.map(({ definition }) => known.idOf(definition.type)),
    all.map(({ device }) => device?.matter ?? null),
    all.map(({ definition }) => types.includes(definition.type)),
    after?.position ?? null,
    after?.uid ?? null,
    actors ? [...actors] : null,
    selection.never('actor'),
    ids ?? null,
    count,
  ]);
  return rows.map((row) => ({ ...row, key: `${row.position}/${row.uid}` }));
}
