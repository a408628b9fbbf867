import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The event log: the truth of Skein. Insert-only, in partitions that retention can drop whole. */
export class Log1800000000000 implements MigrationInterface {
  readonly name = 'Log1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(partitions);
    await runner.query(registration);
    await runner.query('select log.make_partitions()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema log cascade');
  }
}

const tables = `
create schema log;

create table log.types (
  id smallint generated always as identity primary key,
  name text not null unique
);

create table log.subjects (
  org uuid not null,
  kind text not null,
  subject uuid not null,
  version bigint not null,
  primary key (org, kind, subject)
) with (fillfactor = 80);

create sequence log.event_position cache 1;

create table log.events (
  position bigint not null default nextval('log.event_position'),
  id uuid not null,
  org uuid not null,
  kind text not null,
  subject uuid not null,
  version bigint not null,
  type smallint not null,
  source text not null,
  time timestamptz not null default now(),
  data json not null,
  causationid text,
  correlationid text,
  traceparent text,
  actor text,
  sourceaddress text,
  requestid text,
  primary key (position)
) partition by range (position);

create table log.sequence (
  sequence bigint not null,
  position bigint not null,
  type smallint not null,
  primary key (sequence)
) partition by range (sequence);
create index on log.sequence (position);
create index on log.sequence (type, sequence);

create table log.settled (
  one boolean primary key default true check (one),
  position bigint not null
);
insert into log.settled (position) values (0);

create table log.leases (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null
);

create table log.hearings (
  service text not null,
  type smallint not null,
  from_sequence bigint not null,
  primary key (service, type)
);

create table log.checkpoints (
  service text not null,
  partition integer not null,
  number bigint not null,
  pruned bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (service, partition)
) with (fillfactor = 50);
`;

/**
 * Both tables grow by partitions of ten million rows, made before they are needed. They are
 * made apart and attached: `create table … partition of` waits for every reader of the
 * whole table, and meanwhile stops every append. The check spares attaching a scan.
 */
const partitions = `
create function log.make_partitions() returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  size constant bigint := 10000000;
  kept record;
  first bigint;
  partition text;
begin
  perform pg_advisory_xact_lock(hashtextextended('log.make_partitions', 0));
  for kept in
    select 'events' as name, 'position' as key, (select last_value from log.event_position) as reached
    union all
    select 'sequence', 'sequence', coalesce((select max(sequence) from log.sequence), 1)
  loop
    for n in (kept.reached / size) .. (kept.reached / size) + 1 loop
      first := n * size;
      partition := kept.name || '_' || n;
      continue when to_regclass('log.' || partition) is not null;
      execute format(
        'create table log.%I (like log.%I including all, constraint bounds check (%I >= %s and %3$I < %5$s))
           with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)',
        partition, kept.name, kept.key, first, first + size);
      if kept.name = 'events' then
        execute format('create unique index on log.%I (org, kind, subject, version)', partition);
      end if;
      execute format(
        'alter table log.%I attach partition log.%I for values from (%s) to (%s)',
        kept.name, partition, first, first + size);
      execute format('alter table log.%I drop constraint bounds', partition);
    end loop;
  end loop;
end $$;
`;

const registration = `
create function log.register_types(names text[]) returns table (id smallint, name text)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into log.types (name)
    select wanted from unnest(names) wanted
    where not exists (select from log.types t where t.name = wanted)
    order by wanted
    on conflict do nothing;
  return query select t.id, t.name from log.types t;
end $$;

create function log.register_hearing(hearer text, names text[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into log.checkpoints (service, partition, number) values (hearer, 0, 0)
    on conflict do nothing;
  insert into log.hearings (service, type, from_sequence)
    select hearer, t.id,
           case when exists (select from log.hearings h where h.service = hearer)
                then (select coalesce(max(s.sequence), 0) + 1 from log.sequence s) else 1 end
    from log.types t where t.name = any(names)
    order by t.id
    on conflict do nothing;
end $$;
`;
