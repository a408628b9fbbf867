import { consumerTables } from '@skein/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the rollout service hears of devices and fleets, and the rollouts with their batches. */
export class Rollout1800000000000 implements MigrationInterface {
  readonly name = 'Rollout1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema rollout; ${consumerTables('rollout')}`);
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema rollout cascade');
  }
}

const tables = `
create table rollout.fleets (
  org uuid not null,
  fleet uuid not null,
  name text,
  policy jsonb,
  policy_number bigint not null default 0,
  template_version uuid,
  generation bigint not null default 0,
  template_version_number bigint not null default 0,
  deleted boolean not null default false,
  deleted_number bigint not null default 0,
  rollout uuid,
  primary key (org, fleet)
) with (fillfactor = 80);
comment on column rollout.fleets.name is 'null until the creation of the fleet arrives';
comment on column rollout.fleets.rollout is 'the latest rollout';

create table rollout.rollouts (
  org uuid not null,
  rollout uuid not null,
  fleet uuid not null,
  template_version uuid not null,
  strategy text not null check (strategy in ('Immediate', 'BatchSequence')),
  state text not null default 'active' check (state in ('active', 'completed', 'superseded')),
  batch integer not null default 1,
  last_batch integer not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  reason text,
  primary key (org, rollout)
) with (fillfactor = 80);
comment on column rollout.rollouts.batch is 'the current batch, from 1';
comment on column rollout.rollouts.last_batch is 'the batch that takes all the rest';
create unique index one_active_rollout on rollout.rollouts (org, fleet) where state = 'active';

create table rollout.batches (
  org uuid not null,
  rollout uuid not null,
  batch integer not null,
  definition jsonb not null,
  threshold integer not null,
  announced_at timestamptz,
  dispatched_at timestamptz,
  completed_at timestamptz,
  primary key (org, rollout, batch)
) with (fillfactor = 80);
comment on column rollout.batches.definition is 'as the policy had it when the rollout started';
comment on column rollout.batches.threshold is 'percent of its devices that must be updated';

create table rollout.devices (
  org uuid not null,
  device uuid not null,
  created boolean not null default false,
  deleted boolean not null default false,
  deleted_number bigint not null default 0,
  labels jsonb not null default '{}',
  labels_version bigint not null default 0,
  labels_number bigint not null default 0,
  owner uuid,
  matched_labels_version bigint not null default 0,
  owner_number bigint not null default 0,
  target uuid,
  target_rollout uuid,
  target_batch integer,
  target_labels_version bigint,
  selected_at timestamptz,
  rendered_template_version uuid,
  rendered_version bigint not null default 0,
  rendered_number bigint not null default 0,
  reported_version bigint not null default 0,
  reported_number bigint not null default 0,
  updated boolean not null generated always as (
    coalesce(rendered_template_version = target, false)
      and rendered_version > 0 and reported_version >= rendered_version
  ) stored,
  primary key (org, device)
) with (fillfactor = 80);
comment on column rollout.devices.labels_version is
  'version of the device in the event that brought the labels';
comment on column rollout.devices.matched_labels_version is
  'the labels_version that the last match saw';
comment on column rollout.devices.target is 'the template version that it was selected for';
comment on column rollout.devices.target_labels_version is
  'the labels_version with which it was selected';
comment on column rollout.devices.updated is 'whether it runs its target, rendered for it';

create index devices_of_owner on rollout.devices (org, owner) where not deleted;
create index devices_of_batch on rollout.devices (org, target_rollout, target_batch)
  where not deleted;
create index devices_not_updated on rollout.devices (org, target_rollout, target_batch)
  where not deleted and not updated;
`;
