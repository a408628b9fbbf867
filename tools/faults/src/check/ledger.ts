import { groups } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/**
 * Writes down, in tables of our own, what the services' transactions commit, so that it is known afterwards:
 *
 * - `faults.effects`: a row in a service's inbox is inserted by the transaction in which an event takes effect, and
 *   by none other, as long as nobody gives an event up or asks for it by hand. The fence takes some of these rows back in the
 *   same transaction; those do not count. Pruning takes them away later; that changes nothing.
 * - `faults.failures`: each attempt that failed, also when a later one succeeded.
 * - `faults.healed`: events that were acknowledged, or left the stream, without being handled: the checkpoint misses them,
 *   and the replayer asks for them again. Nothing is lost by that, but whoever acknowledged them broke the rules.
 * - `faults.parked`: what waited for another build, also when it was woken.
 *
 * Giving an event up counts as its effect, until somebody asks for it again by hand. Scenarios write down themselves what they
 * excuse: in `faults.expected` events whose attempts fail by their doing, in `faults.dropped` those that they drop by hand.
 *
 * Two views show the log itself: `faults.events` every event by its number, of the type without its version, and
 * `faults.heard` those that each service hears and that wait or were given up nowhere, so that its tables must follow them.
 */
export async function openLedger(database: Queryable): Promise<void> {
  await database.query(tables);
  await database.query(log);
  for (const service of groups) await database.query(triggersOf(service));
}

const tables = `
create schema faults;
create table faults.effects (service text, number bigint, transaction xid8);
create index on faults.effects (service, number);
create table faults.failures (service text, number bigint, attempts integer, reason text);
create table faults.healed (service text, number bigint);
create table faults.parked (service text, number bigint, reason text);
create table faults.expected (service text, number bigint);
create table faults.dropped (service text, number bigint);

create function faults.took_effect() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into faults.effects
    select tg_table_schema, number, pg_current_xact_id() from changed;
  return null;
end $$;

create function faults.taken_back() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  delete from faults.effects e using changed c
  where e.service = tg_table_schema and e.number = c.number and e.transaction = pg_current_xact_id();
  return null;
end $$;

create function faults.failed() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if new.attempts > coalesce(case when tg_op = 'UPDATE' then old.attempts end, 0) then
    insert into faults.failures values (tg_table_schema, new.number, new.attempts, new.reason);
  end if;
  return null;
end $$;

create function faults.was_parked() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into faults.parked values (tg_table_schema, new.number, new.reason);
  return null;
end $$;

create function faults.asked_for_again() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  execute format('delete from faults.effects e using gone g join %I.retries r using (number)
                  where e.service = $1 and e.number = g.number', tg_table_schema) using tg_table_schema;
  return null;
end $$;

create function faults.was_healed() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if session_user = current_database() || '_replayer' then
    insert into faults.healed values (tg_table_schema, new.number);
  end if;
  return null;
end $$;
`;

const putAside = groups
  .flatMap((group) =>
    ['parked', 'dead_letters'].map(
      (table) => `select '${group}' as service, number from ${group}.${table}`,
    ),
  )
  .concat('select service, number from faults.dropped')
  .join(' union all ');

const log = `
create view faults.events as
  select s.sequence as number, e.org, e.kind, e.subject as uid, e.version, e.data, s.type as type_id,
         regexp_replace(t.name, '^skein\\.(.*)\\.v[0-9]+$', '\\1') as type
  from log.events e
  join log.sequence s on s.position = e.position
  join log.types t on t.id = e.type;

create view faults.heard as
  select h.service, e.*
  from log.hearings h
  join faults.events e on e.type_id = h.type and e.number >= h.from_sequence
  where not exists (
    select from (${putAside}) a where a.service = h.service and a.number = e.number);
`;

const triggersOf = (service: string) => `
create trigger took_effect after insert on ${service}.inbox
  referencing new table as changed for each statement execute function faults.took_effect();
create trigger taken_back after delete on ${service}.inbox
  referencing old table as changed for each statement execute function faults.taken_back();
create trigger failed after insert or update on ${service}.retries
  for each row execute function faults.failed();
create trigger was_parked after insert on ${service}.parked
  for each row execute function faults.was_parked();
create trigger asked_for_again after delete on ${service}.dead_letters
  referencing old table as gone for each statement execute function faults.asked_for_again();
create trigger was_healed after insert on ${service}.retries
  for each row execute function faults.was_healed();
create trigger failed after insert or update on ${service}.failed_members
  for each row execute function faults.failed();
`;
