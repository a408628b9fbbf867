import { consumerTables } from '@skein/event-log';
import { repositoriesTable, wantsTable } from '@skein/task';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Fleets' templates, what was said of them, and the template versions that they made. */
export class Validation1800000000000 implements MigrationInterface {
  readonly name = 'Validation1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema validation; ${consumerTables('validation')}`);
    await runner.query(repositoriesTable('validation') + wantsTable('validation'));
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema validation cascade');
  }
}

// Templates are json, not jsonb: that one refuses some texts, and nobody asks for parts of them.
const tables = `
create table validation.fleets (
  org uuid not null,
  fleet uuid not null,
  name text,
  template json,
  generation bigint,
  template_number bigint not null default 0,
  woken_number bigint not null default 0,
  deleted boolean not null default false,
  result json,
  latest_version uuid,
  latest_digest text,
  validated_number bigint not null default 0,
  due_number bigint not null generated always as (greatest(template_number, woken_number)) stored,
  pending boolean not null generated always as (
    template is not null and not deleted and greatest(template_number, woken_number) > validated_number
  ) stored,
  primary key (org, fleet)
) with (fillfactor = 80);
comment on column validation.fleets.woken_number is
  'number of the last event that said that a repository in the template changed';
comment on column validation.fleets.result is 'what the last fleet-validated event said';
comment on column validation.fleets.validated_number is 'the due_number that was decided last';
create index fleets_pending on validation.fleets (org, fleet) where pending;

create table validation.template_versions (
  org uuid not null,
  template_version uuid not null,
  fleet uuid not null,
  name text not null,
  generation bigint not null,
  content_digest text not null,
  created_at timestamptz not null default now(),
  primary key (org, template_version),
  unique (org, fleet, name)
);
`;
