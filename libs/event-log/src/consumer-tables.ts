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
`;
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
