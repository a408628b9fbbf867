import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which partition of a service's streams an event is for: data, so that all builds agree. */
export class Partitions1800000000003 implements MigrationInterface {
  readonly name = 'Partitions1800000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(slots);
    await runner.query(routing);
    await runner.query(registration);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop function log.heard(text, integer, bigint, bigint, bigint);
drop function log.of_partition(text, integer, bigint[]);
drop function log.org_slot(uuid);
drop function log.subject_slot(uuid, uuid);
drop table log.detours, log.partition_counts;
create index on log.sequence (type, sequence);
drop index log.sequence_routing;
alter table log.sequence drop column org_slot, drop column subject_slot`);
  }
}

/**
 * A number belongs to the partition of its subject's slot, by the count that was in force when it was
 * given; while its organisation takes the detour, to that.
 */
const tables = `
alter table log.sequence
  add column org_slot smallint not null default 0,
  add column subject_slot smallint not null default 0;
create index sequence_routing on log.sequence (type, sequence) include (position, org_slot, subject_slot);
drop index log.sequence_type_sequence_idx;

create table log.partition_counts (
  service text not null,
  from_number bigint not null,
  count integer not null check (count between 1 and 64),
  primary key (service, from_number)
);
comment on column log.partition_counts.from_number is 'of the events above it';

create table log.detours (
  service text not null,
  org_slot smallint not null,
  from_number bigint not null,
  to_number bigint,
  opened_at timestamptz not null default now(),
  primary key (service, org_slot, from_number)
);
comment on table log.detours is
  'the events above from_number and up to to_number, if it is over, of organisations with this slot';
`;

const slots = `
create function log.org_slot(org uuid) returns smallint language sql immutable parallel safe
as 'select (uuid_hash(org) & 32767)::smallint';
create function log.subject_slot(org uuid, subject uuid) returns smallint language sql immutable parallel safe
as 'select (uuid_hash_extended(subject, uuid_hash(org)) & 32767)::smallint';
`;

/** Whether anything is routed: what is not, is for partition 0, without a look at each event. */
const ROUTED = `(exists (select from log.detours d where d.service = hearer)
        or exists (select from log.partition_counts p where p.service = hearer))`;

/** The partition of the row `q` of log.sequence; written out, since a call for each row costs ten times as much. */
const PARTITION = `case
        when exists (select from log.detours d
                     where d.service = hearer and d.org_slot = q.org_slot and d.from_number < q.sequence
                       and (d.to_number is null or q.sequence <= d.to_number)) then 1000
        else q.subject_slot % coalesce((select p.count from log.partition_counts p
                                        where p.service = hearer and p.from_number < q.sequence
                                        order by p.from_number desc limit 1), 1)
      end`;

/**
 * One limited index scan for each heard type, merged: a join over all types would scan the whole log, and so would a
 * walk along the primary key for each type. Compared as rows, type and number leave only one index to choose, whatever the
 * statistics say.
 */
const routing = `
create function log.heard(hearer text, of_partition integer, above bigint, up_to bigint, most bigint)
returns table (sequence bigint, "position" bigint, org_slot smallint) language sql stable as $$
  select s.sequence, s.position, s.org_slot from log.hearings h
  cross join lateral (
    select q.sequence, q.position, q.org_slot from log.sequence q
    where (q.type, q.sequence) > (h.type, greatest(above, h.from_sequence - 1))
      and (q.type, q.sequence) <= (h.type, up_to)
      and (of_partition = 0 or ${ROUTED})
      and (not ${ROUTED} or ${PARTITION} = of_partition)
    order by q.type, q.sequence limit most
  ) s
  where h.service = hearer
  order by s.sequence limit most
$$;

create function log.of_partition(hearer text, wanted integer, numbers bigint[])
returns setof bigint language sql stable as $$
  select q.sequence from unnest(numbers) n join log.sequence q on q.sequence = n
  where case when ${ROUTED} then ${PARTITION} else 0 end = wanted
$$;
`;

/** A service that registers anew has as many partitions as were decided before. */
const registration = `
create or replace function log.register_hearing(hearer text, names text[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into log.checkpoints (service, partition, number)
    select hearer, p, 0 from generate_series(0, coalesce((
      select c.count from log.partition_counts c
      where c.service = hearer order by c.from_number desc limit 1), 1) - 1) p
    order by p
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
