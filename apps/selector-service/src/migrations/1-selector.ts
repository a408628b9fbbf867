import { consumerTables } from '@skein/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the selector hears of devices and fleets, and which fleet owns which devices. */
export class Selector1800000000000 implements MigrationInterface {
  readonly name = 'Selector1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema selector; ${consumerTables('selector')}`);
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema selector cascade');
  }
}

const tables = `
create table selector.devices (
  org uuid not null,
  device uuid not null,
  labels jsonb not null default '{}',
  labels_version bigint not null default 0,
  labels_number bigint not null default 0,
  deleted boolean not null default false,
  deleted_number bigint not null default 0,
  owner uuid,
  multiple_owners text[] not null default '{}',
  matched_labels_version bigint,
  primary key (org, device)
) with (fillfactor = 80);
comment on column selector.devices.labels_version is
  'version of the device in the event that brought the labels';
comment on column selector.devices.matched_labels_version is
  'the labels_version that the last answer saw; null before the first answer';

create index devices_not_matched on selector.devices (org, device)
  where not deleted and matched_labels_version is distinct from labels_version;

create table selector.fleets (
  org uuid not null,
  fleet uuid not null,
  name text,
  selector jsonb,
  selector_number bigint not null default 0,
  deleted boolean not null default false,
  deleted_number bigint not null default 0,
  primary key (org, fleet)
);
comment on column selector.fleets.name is 'null until the creation of the fleet arrives';
`;
