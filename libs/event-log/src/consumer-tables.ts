/**
 * The engine's tables in the schema of a service that hears events, for its first
 * migration: what it handled, what it will try again, what waits, what it gave up, and
 * what it counted on the way.
 *
 * `tried_by` is who tries the event (or the member of a batch event) now, or has died of
 * it: `due` is then when somebody else may try.
 */
export function consumerTables(schema: string): string {
  return `
create table ${schema}.inbox (
  number bigint primary key
) with (autovacuum_vacuum_scale_factor = 0.05);

create table ${schema}.retries (
  number bigint primary key,
  attempts integer not null,
  due timestamptz not null,
  since timestamptz not null default now(),
  reason text not null,
  tried_by uuid
);
create index on ${schema}.retries (due);

create table ${schema}.failed_members (
  number bigint,
  member integer,
  attempts integer not null,
  due timestamptz not null,
  since timestamptz not null default now(),
  reason text not null,
  tried_by uuid,
  primary key (number, member)
);
create index on ${schema}.failed_members (due);

create table ${schema}.parked (
  number bigint primary key,
  since timestamptz not null default now(),
  reason text not null
);

create table ${schema}.dead_letters (
  number bigint primary key,
  attempts integer not null,
  since timestamptz not null default now(),
  reason text not null
);

create table ${schema}.counts (
  name text primary key,
  value bigint not null
) with (fillfactor = 50);
${fence(schema)}${pruneLate(schema)}${byHand(schema)}`;
}

/**
 * Answers which of the delivered numbers take effect now. The checkpoint is read in a
 * statement of its own, after the insert: one that waits for a peer inside a single
 * statement would let an old checkpoint through. Rows at or below the checkpoint are
 * taken back, so that they cannot hide a retry that is due; and so are those of numbers
 * that have a retry row: their attempts are counted there.
 */
function fence(schema: string): string {
  return `
create function ${schema}.fence(of_partition integer, numbers bigint[]) returns setof bigint
language plpgsql as $$
declare
  fresh bigint[];
  elsewhere bigint[];
  reached bigint;
begin
  with inserted as (
    insert into ${schema}.inbox (number)
      select n from unnest(numbers) n order by n
      on conflict do nothing
      returning number
  )
  select coalesce(array_agg(number), '{}') into fresh from inserted;
  select c.number into reached from log.checkpoints c
    where c.service = '${schema}' and c.partition = of_partition;
  select array_agg(n) into elsewhere from unnest(fresh) n
    where n <= coalesce(reached, 0)
       or exists (select from ${schema}.retries r where r.number = n);
  if elsewhere is not null then
    delete from ${schema}.inbox i where i.number = any(elsewhere);
  end if;
  return query select n from unnest(fresh) n where n <> all(coalesce(elsewhere, '{}')) order by n;
end $$;
`;
}

/**
 * Takes away inbox rows that came, or were kept, after the checkpoint's pruning had passed
 * them; `most` at a time, and answers how many. The lock waits for all that writes retry
 * and parked rows to end: a statement that began before such an inbox row was there may
 * put a retry row down after it, and then the inbox row is all that stops a second effect.
 * What begins after the lock sees that the checkpoint has passed the number, and puts none.
 */
function pruneLate(schema: string): string {
  return `
create function ${schema}.prune_late(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '200ms' as $$
declare
  lowest bigint;
  reached bigint;
  gone bigint;
begin
  select min(c.pruned) into reached from log.checkpoints c where c.service = '${schema}';
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
create function ${schema}.${name}(numbers bigint[]) returns setof bigint
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform from ${schema}.${table} where number = any(numbers) order by number for update;
  return query
  with gone as (delete from ${schema}.${table} where number = any(numbers) returning number)`;
}

/** The engine's tables of a service, for checks that look at a whole schema. */
export const consumerTableNames = [
  'inbox',
  'retries',
  'failed_members',
  'parked',
  'dead_letters',
  'counts',
] as const;

/** What may be done by hand with the events that wait or were given up; functions of a schema. */
export const byHandNames = [
  'retry_dead_letters',
  'drop_dead_letters',
  'retry_parked',
  'drop_parked',
] as const;
