import type { Group } from '@skein/events';
import type { Check } from '../checks.js';

/** A table of a service, and how what is in it follows from the log. */
export interface View {
  readonly table: string;
  /** An expression that tells its rows apart, in both queries. */
  readonly key: string;
  /** What the service keeps: a query whose columns are compared by their names. */
  readonly kept: string;
  /** The same columns, from the events in `faults.events` and `faults.heard`: see the ledger. */
  readonly folded: string;
}

/** Finds each row that is missing, surplus, or not what the log says. */
export function mustEqual({ table, key, kept, folded }: View): Check {
  return {
    name: `a row of ${table} that is not the fold of the log`,
    sql: `
with kept as (select (${key})::text as key, to_jsonb(k) as row from (${kept}) k),
folded as (select (${key})::text as key, to_jsonb(f) as row from (${folded}) f)
select key || case
    when kept.row is null then ' is missing'
    when folded.row is null then ' is surplus'
    else ': ' || (
      select string_agg(format('%s is %s, not %s', name, left(kept.row ->> name, 50),
                               left(folded.row ->> name, 50)), '; ' order by name)
      from jsonb_object_keys(folded.row || kept.row) name
      where kept.row -> name is distinct from folded.row -> name)
  end as what
from kept full join folded using (key)
where kept.row is distinct from folded.row`,
  };
}

const listed = (types: readonly string[]): string => types.map((type) => `'${type}'`).join(', ');

/** Where events come from: those that a service hears, or all, which the speaking service's own tables follow. */
export type Source = Group | 'all';

const eventsOf = (source: Source): string =>
  source === 'all'
    ? 'select * from faults.events where true'
    : `select * from faults.heard where service = '${source}'`;

/** The events of these types; `uid` is that of the subject. */
export const events = (source: Source, ...types: readonly string[]): string =>
  `(${eventsOf(source)} and type in (${listed(types)}))`;

/**
 * One row for each member of these batch events; `uid` is that of the device. `data` is what is said of all of them: with all
 * members in it, it would be read a thousand times for each question.
 */
export const members = (source: Source, ...types: readonly string[]): string => `(
  select e.org, (member ->> 'device')::uuid as uid, e.number, e.type, e.uid as subject, e.said as data, member
  from (
    select *, (data::jsonb - 'members')::json as said from ${events(source, ...types)} e offset 0) e,
    json_array_elements(e.data -> 'members') m (member))`;

/** What was said last about each thing: `org`, `uid`, `number` and the columns asked for. */
export const last = (rows: string, columns: string): string => `(
  select distinct on (org, uid) org, uid, number, ${columns}
  from ${rows} r order by org, uid, number desc)`;

/** Each thing that the events are about. */
export const things = (rows: string): string => `(select distinct org, uid from ${rows} r)`;

/** Those of them that were created and not deleted, whoever has heard of it. */
export const living = (kind: 'device' | 'fleet' | 'repository'): string => `(
  select org, uid, data ->> 'name' as name from ${events('all', `${kind}.created`)} c
  where (org, uid) not in (select org, uid from ${events('all', `${kind}.deleted`)} d))`;

/** What of a repository each item of a spec refers to, in a column of json: the columns `repository` and `reference`. */
export const referredIn = (spec: string): string => `(
  select item #>> '{gitRef,repository}' as repository,
         case when item #>> '{gitRef,targetRevision}' like '%{{%' then 'repository'
              else 'git ' || (item #>> '{gitRef,targetRevision}') end as reference
  from jsonb_path_query(${spec}::jsonb, '$.config[*] ? (exists (@.gitRef))') item
  union
  select item #>> '{httpRef,repository}',
         case when item #>> '{httpRef,suffix}' like '%{{%' then 'repository'
              else 'http ' || coalesce(item #>> '{httpRef,suffix}', '') end
  from jsonb_path_query(${spec}::jsonb, '$.config[*] ? (exists (@.httpRef))') item)`;

/** Names of the repositories that a spec refers to, in a column of json. */
export const repositoriesIn = (spec: string): string =>
  `jsonb_path_query(${spec}::jsonb, '$.config[*].*.repository') #>> '{}'`;
