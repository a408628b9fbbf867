import type { Queryable } from '@skein/postgres';

/** How far the latest rollout of a fleet is, as the log says. */
export interface RolloutProgress {
  readonly rollout: string;
  /** The batch that was dispatched last; 0 before the first. */
  readonly batch: number;
  /** Whether it goes on; else the last word about it. */
  readonly word: 'active' | 'waiting' | 'stopped' | 'completed' | 'superseded';
}

const types = ['started', 'batch-dispatched', 'waiting', 'stopped', 'completed', 'superseded'].map(
  (word) => `skein.rollout.${word}.v1`,
);

/** Reads only events of these types, by their index: it is asked often. */
const LATEST = `
with event as (
  select s.sequence as number, t.name as type, e.subject, e.data
  from log.types t
  join log.sequence s on s.type = t.id
  join log.events e on e.position = s.position
  where t.name = any($1) or t.name = 'skein.fleet.created.v1'
), said as (
  select number, split_part(type, '.', 3) as word, subject as rollout, data from event
  where type = any($1) and data ->> 'fleet' in (
    select subject::text from event where type like 'skein.fleet.%' and data ->> 'name' = $2)
), latest as (
  select rollout from said where word = 'started' order by number desc limit 1
)
select rollout, coalesce(max((data ->> 'batch')::integer) filter (where word = 'batch-dispatched'), 0) as batch,
       case when (array_agg(word order by number desc))[1] in ('started', 'batch-dispatched')
            then 'active' else (array_agg(word order by number desc))[1] end as word
from said join latest using (rollout) group by rollout`;

/** Undefined before the first rollout of the fleet. */
export async function latestRollout(
  database: Queryable,
  fleet: string,
): Promise<RolloutProgress | undefined> {
  const [found] = await database.query<RolloutProgress>(LATEST, [types, fleet]);
  return found;
}
