/**
 * What the engine does in the schema of a service that hears events, as functions: each
 * migration of a database replaces them by those of its build.
 */
export function consumerFunctions(schema: string): string {
  return `${fence(schema)}${prune(schema)}${pruneLate(schema)}${byHand(schema)}`;
}

/**
 * Answers which of the delivered numbers take no effect now; null when the event of the
 * largest number is not `newest`: then the log was restored to an earlier point since the
 * entries entered the stream. The others need no look: whoever appends an entry checks the one before it. The checkpoint is read in a
 * statement of its own, after the insert: one that waits for a peer inside a single
 * statement would let an old checkpoint through. Rows at or below the checkpoint are
 * taken back, so that they cannot hide a retry that is due; and so are those of numbers
 * that have a retry row: their attempts are counted there.
 *
 * Nearly always all are new. That is tried first, since `on conflict` looks each one up before it inserts it.
 */
function fence(schema: string): string {
  return `
do $$ begin
  -- Only one that an earlier build made: services that run would miss it for a moment.
  if exists (select from pg_proc
             where oid = to_regprocedure('${schema}.fence(integer, bigint[], text)') and proretset) then
    drop function ${schema}.fence(integer, bigint[], text);
  end if;
end $$;
create or replace function ${schema}.fence(of_partition integer, numbers bigint[], newest text) returns bigint[]
language plpgsql as $$
declare
  handled bigint[] := '{}';
  elsewhere bigint[];
  reached bigint;
begin
  if not exists (
    select from log.sequence s
    cross join lateral (select id from log.events where position = s.position limit 1) e
    where s.sequence = (select max(n) from unnest(numbers) n) and e.id::text = newest
  ) then
    return null;
  end if;
  begin
    insert into ${schema}.inbox (number) select n from unnest(numbers) n order by n;
  exception when unique_violation then
    with inserted as (
      insert into ${schema}.inbox (number)
        select n from unnest(numbers) n order by n
        on conflict do nothing
        returning number
    )
    select coalesce(array_agg(n), '{}') into handled
      from unnest(numbers) n where n not in (select number from inserted);
  end;
  select c.number into reached from log.checkpoints c
    where c.service = '${schema}' and c.partition = of_partition;
  select array_agg(n) into elsewhere from unnest(numbers) n
    where n <> all(handled)
      and (n <= coalesce(reached, 0) or exists (select from ${schema}.retries r where r.number = n));
  if elsewhere is null then return handled; end if;
  delete from ${schema}.inbox i where i.number = any(elsewhere);
  return handled || elsewhere;
end $$;
`;
}

/**
 * Takes away the inbox rows that the smallest checkpoint has passed: an event may change partitions, so what one has
 * passed may come again in another. Bounded on both sides: an open-ended delete slows down with every dead row.
 *
 * The lock waits for all that writes retry and parked rows to end: a statement that began before such an inbox row was
 * there may put a retry row down after it, and then the inbox row is all that stops a second effect. What
 * begins after the lock sees that the checkpoint has passed the number, and puts none.
 */
function prune(schema: string): string {
  return `
create or replace function ${schema}.prune() returns void
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  above bigint;
  reached bigint;
begin
  select c.pruned, (select min(o.number) from log.checkpoints o where o.service = '${schema}') into above, reached
    from log.checkpoints c where c.service = '${schema}' and c.partition = 0;
  if above is null or reached <= above then return; end if;
  lock table ${schema}.retries, ${schema}.parked in share row exclusive mode;
  delete from ${schema}.inbox i where i.number > above and i.number <= reached
    and not exists (select from ${schema}.retries w where w.number = i.number)
    and not exists (select from ${schema}.parked w where w.number = i.number);
  update log.checkpoints set pruned = reached where service = '${schema}' and partition = 0 and pruned < reached;
end $$;
`;
}

/**
 * Takes away inbox rows that came, or were kept, after the checkpoint's pruning had passed
 * them, under the same lock; `most` at a time, and answers how many.
 */
function pruneLate(schema: string): string {
  return `
create or replace function ${schema}.prune_late(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  lowest bigint;
  reached bigint;
  gone bigint;
begin
  select c.pruned into reached from log.checkpoints c where c.service = '${schema}' and c.partition = 0;
  select min(i.number) into lowest from ${schema}.inbox i where ${unneeded(schema)} and i.number <= reached;
  if lowest is null then return 0; end if;
  lock table ${schema}.retries, ${schema}.parked in share row exclusive mode;
  delete from ${schema}.inbox where number = any (array(
    select i.number from ${schema}.inbox i
    where i.number >= lowest and i.number <= reached and ${unneeded(schema)}
    order by i.number limit most));
  get diagnostics gone = row_count;
  return gone;
end $$;
`;
}

const unneeded = (schema: string) =>
  ['retries', 'parked', 'failed_members']
    .map((table) => `not exists (select from ${schema}.${table} w where w.number = i.number)`)
    .join(' and ');

/**
 * What a person may do with events that wait or were given up, for roles that may write
 * nothing else in this schema; each answers the numbers of which it was done. An inbox row
 * means done, so it goes before a dead letter is tried again; a parked event that is dropped
 * gets one, unless the checkpoint has passed it, and stays handled.
 */
function byHand(schema: string): string {
  const retried = `
  retried as (
    insert into ${schema}.retries as r (number, attempts, due, reason)
      select number, 0, now(), 'somebody asked for another try' from gone order by number
      on conflict (number) do update
        set attempts = 0, due = excluded.due, reason = excluded.reason, tried_by = null
  )`;
  return `${taking(schema, 'retry_dead_letters', 'dead_letters')},
  undone as (delete from ${schema}.inbox i using gone where i.number = gone.number),${retried}
  select number from gone order by number;
end $$;
${taking(schema, 'drop_dead_letters', 'dead_letters')}
  select number from gone order by number;
end $$;
${taking(schema, 'retry_parked', 'parked')},${retried}
  select number from gone order by number;
end $$;
${taking(schema, 'drop_parked', 'parked')},
  done as (
    insert into ${schema}.inbox (number)
      select number from gone
      where number > coalesce((select min(c.number) from log.checkpoints c where c.service = '${schema}'), 0)
      order by number
      on conflict do nothing
  )
  select number from gone order by number;
end $$;
`;
}

/** The beginning of a function that takes rows out of a table, in order; the statement goes on after `gone`. */
function taking(schema: string, name: string, table: string): string {
  return `
create or replace function ${schema}.${name}(numbers bigint[]) returns setof bigint
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform from ${schema}.${table} where number = any(numbers) order by number for update;
  return query
  with gone as (delete from ${schema}.${table} where number = any(numbers) returning number)`;
}

/** What may be done by hand with the events that wait or were given up; functions of a schema. */
export const byHandNames = [
  'retry_dead_letters',
  'drop_dead_letters',
  'retry_parked',
  'drop_parked',
] as const;
