/**
 * The engine's tables in the schema of a service that hears events, for its first
 * migration: what it handled, what it will try again, what waits, what it gave up.
 *
 * `fence` answers which of the delivered numbers take effect now. The checkpoint is
 * read in a statement of its own, after the insert: one that waits for a peer inside
 * a single statement would let an old checkpoint through. Rows at or below the
 * checkpoint are taken back, so that they cannot hide a retry that is due.
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
  reason text not null
);
create index on ${schema}.retries (due);

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

create function ${schema}.fence(of_partition integer, numbers bigint[]) returns setof bigint
language plpgsql as $$
declare
  fresh bigint[];
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
  if exists (select from unnest(fresh) n where n <= coalesce(reached, 0)) then
    delete from ${schema}.inbox i where i.number = any(fresh) and i.number <= reached;
  end if;
  return query select n from unnest(fresh) n where n > coalesce(reached, 0) order by n;
end $$;
`;
}

/** The engine's tables of a service, for checks that look at a whole schema. */
export const consumerTableNames = ['inbox', 'retries', 'parked', 'dead_letters'] as const;
