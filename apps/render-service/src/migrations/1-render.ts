import { consumerTables } from '@skein/event-log';
import { repositoriesTable, wantsTable } from '@skein/task';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each device is to be rendered from, and what it was rendered to. */
export class Render1800000000000 implements MigrationInterface {
  readonly name = 'Render1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema render; ${consumerTables('render')}`);
    await runner.query(repositoriesTable('render') + wantsTable('render'));
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema render cascade');
  }
}

// Specs are json, not jsonb: that one refuses some texts, and nobody asks for parts of them.
const tables = `
create table render.devices (
  org uuid not null,
  device uuid not null,
  name text,
  labels json not null default '{}',
  labels_number bigint not null default 0,
  spec json,
  generation bigint,
  spec_number bigint not null default 0,
  matched boolean not null default false,
  owner uuid,
  owner_number bigint not null default 0,
  target uuid,
  target_number bigint not null default 0,
  woken_number bigint not null default 0,
  deleted boolean not null default false,
  rendered_version bigint not null default 0,
  document_digest text,
  rendered_target uuid,
  rendered_number bigint not null default 0,
  problem text,
  due_number bigint not null generated always as (
    case when owner is null then greatest(spec_number, owner_number, woken_number) else target_number end
  ) stored,
  pending boolean not null generated always as (
    name is not null and matched and not deleted and
    case when owner is null
      then spec is not null and greatest(spec_number, owner_number, woken_number) > rendered_number
      else target is not null and target_number > rendered_number
    end
  ) stored,
  primary key (org, device)
) with (fillfactor = 70);
comment on column render.devices.matched is 'whether it is known which fleet owns the device, if any';
comment on column render.devices.target is 'the template version that a rollout selected the device for';
comment on column render.devices.woken_number is
  'number of the last event that said that a repository in the own spec changed';
comment on column render.devices.due_number is
  'number of the last event that asks for rendering: in a fleet the selection, else a change of the own spec';
comment on column render.devices.rendered_number is 'the due_number that was rendered last, or failed to';
comment on column render.devices.problem is 'why the last rendering failed; null when it did not';
create index devices_pending on render.devices (org, device) where pending;

create table render.template_versions (
  org uuid not null,
  template_version uuid not null,
  fleet uuid not null,
  name text not null,
  generation bigint not null,
  spec json not null,
  frozen json not null,
  number bigint not null,
  primary key (org, template_version)
);
`;
