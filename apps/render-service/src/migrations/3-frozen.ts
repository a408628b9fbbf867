import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What references that depend on the device were at their first use; devices wait for them by name. */
export class Frozen1800000000002 implements MigrationInterface {
  readonly name = 'Frozen1800000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables + takeUpAgain);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`${takeUpAgain}
drop table render.frozen;
drop index render.devices_waiting;
alter table render.devices drop column waits_for;
`);
  }
}

const tables = `
create table render.frozen (
  org uuid not null,
  holder uuid not null,
  version bigint not null,
  reference text not null,
  uid uuid not null default gen_random_uuid(),
  request json not null,
  asked_number bigint not null,
  revision text,
  digest text,
  size bigint,
  problem text,
  problem_number bigint not null default 0,
  primary key (org, holder, version, reference),
  unique (org, uid)
);
comment on column render.frozen.holder is 'a template version, or a device without a fleet';
comment on column render.frozen.version is
  'of a device: number of the event from which on it has these contents; 0 for a template version';
comment on column render.frozen.reference is 'digest of what is fetched, with all parameters expanded';
comment on column render.frozen.asked_number is 'the highest due_number of the devices that asked';
comment on column render.frozen.digest is 'of the bundle in blobs; null until it is frozen, and never changed then';
comment on column render.frozen.problem is 'why it could not be frozen, for devices that ask up to problem_number';

alter table render.devices add column waits_for uuid;
comment on column render.devices.waits_for is 'uid of the reference that must be frozen first';
create index devices_waiting on render.devices (org, waits_for) where waits_for is not null;
`;

/** What was wanted in the terms of the other build is found by its queue again. */
const takeUpAgain = `
update render.devices d set set_aside_number = 0
where pending and set_aside_number >= due_number and not exists (
  select from render.wants w where w.org = d.org and w.kind = 'device' and w.uid = d.device);
delete from render.wants where kind = 'contents';
`;
