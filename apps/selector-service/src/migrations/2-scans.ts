import { wantsTable } from '@skein/task';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a changed fleet's devices have been matched again, and the indexes that find them. */
export class Scans1800000000001 implements MigrationInterface {
  readonly name = 'Scans1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(wantsTable('selector'));
    await runner.query(fleets);
    await runner.query(devices);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

// By a trigger, so that also a build which knows nothing of versions changes them.
const fleets = `
create sequence selector.fleet_version;
alter table selector.fleets
  add column version bigint not null default nextval('selector.fleet_version'),
  add column scanned_version bigint not null default 0,
  add column scan_version bigint not null default 0,
  add column scan_cursor uuid not null default '00000000-0000-0000-0000-000000000000',
  add column scan_walks boolean not null default false;
comment on column selector.fleets.version is
  'grows with each change; per organisation in the order of the commits';
comment on column selector.fleets.scanned_version is
  'the version for which all devices that it concerns have been matched again';
comment on column selector.fleets.scan_version is 'the version that the last scan is about';
comment on column selector.fleets.scan_cursor is 'the last device that this scan has looked at';
comment on column selector.fleets.scan_walks is
  'whether this scan walks through all devices of the organisation instead of an index';
update selector.fleets set scanned_version = version;

create index fleets_by_version on selector.fleets (org, version);
create index fleets_not_scanned on selector.fleets (org, fleet) where version <> scanned_version;

create function selector.fleet_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or
     (new.name, new.selector, new.deleted) is distinct from (old.name, old.selector, old.deleted) then
    new.version = nextval('selector.fleet_version');
  end if;
  return new;
end $$;
create trigger fleet_changed before insert or update of name, selector, deleted on selector.fleets
  for each row execute function selector.fleet_changed();
`;

const devices = `
create index devices_by_owner on selector.devices (org, owner, device)
  where not deleted and owner is not null;
create index devices_of_several on selector.devices (org, device)
  where not deleted and multiple_owners <> '{}';
-- With the organisation above the labels, one entry stands for both; what is not merged yet is read by every look-up.
create index devices_by_label on selector.devices
  using gin (jsonb_set('{}', array[org::text], labels) jsonb_path_ops)
  with (gin_pending_list_limit = 1024) where not deleted;

create function selector.devices_after(organisation uuid, cursor uuid, most integer)
returns setof selector.devices language plpgsql stable rows 2000 set enable_sort = off as $$
begin
  return query select * from selector.devices
    where org = organisation and device > cursor order by device limit most;
end $$;
comment on function selector.devices_after is
  'always read in the order of the index: whoever expects few rows would sort all of them for each page';
`;

const undo = `
drop function selector.devices_after(uuid, uuid, integer);
drop index selector.devices_by_owner, selector.devices_of_several, selector.devices_by_label;
drop trigger fleet_changed on selector.fleets;
drop function selector.fleet_changed();
alter table selector.fleets
  drop column version, drop column scanned_version, drop column scan_version,
  drop column scan_cursor, drop column scan_walks;
drop sequence selector.fleet_version;
drop table selector.wants;
drop sequence selector.want_number;
`;
