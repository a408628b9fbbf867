import { consumerTables } from '@skein/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the gateway says of repositories, fleets and devices, and what it hears about them. */
export class Gateway1800000000000 implements MigrationInterface {
  readonly name = 'Gateway1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema gateway; ${consumerTables('gateway')}`);
    await runner.query(spoken);
    await runner.query(heard);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema gateway cascade');
  }
}

/** The gateway is the only one that writes these; a deleted resource leaves no row, so its name is free. */
const spoken = `
create table gateway.repositories (
  org uuid not null,
  uid uuid not null,
  name text collate "C" not null,
  labels jsonb not null,
  spec json not null,
  credentials uuid,
  generation bigint not null,
  version bigint not null,
  created_at timestamptz not null default now(),
  primary key (org, uid),
  unique (org, name)
);
comment on column gateway.repositories.spec is 'as it is shown: its secrets are masked';
comment on column gateway.repositories.credentials is 'id in blobs.sealed';

create table gateway.fleets (
  org uuid not null,
  uid uuid not null,
  name text collate "C" not null,
  labels jsonb not null,
  selector json,
  template json not null,
  rollout_policy json,
  generation bigint not null,
  template_generation bigint not null,
  version bigint not null,
  created_at timestamptz not null default now(),
  primary key (org, uid),
  unique (org, name)
);

create table gateway.devices (
  org uuid not null,
  uid uuid not null,
  name text collate "C" not null,
  labels jsonb not null,
  spec json,
  generation bigint not null,
  version bigint not null,
  created_at timestamptz not null default now(),
  primary key (org, uid),
  unique (org, name)
) with (fillfactor = 80);

create table gateway.device_statuses (
  org uuid not null,
  uid uuid not null,
  rendered_version bigint not null,
  updated text not null,
  status json not null,
  last_seen timestamptz not null,
  primary key (org, uid),
  foreign key (org, uid) references gateway.devices on delete cascade
) with (fillfactor = 70);
comment on table gateway.device_statuses is 'what the agents report; heartbeats change it without an event';

create table gateway.repository_users (
  org uuid not null,
  repository text collate "C" not null,
  kind text not null,
  uid uuid not null,
  primary key (org, repository, kind, uid)
);
create index on gateway.repository_users (org, uid);
`;

/** Made and dropped with what they are about; each aspect is guarded by the number of the event last applied. */
const heard = `
create table gateway.template_versions (
  org uuid not null,
  uid uuid not null,
  fleet uuid not null,
  name text collate "C" not null,
  generation bigint not null,
  spec json not null,
  created_at timestamptz not null,
  primary key (org, uid),
  foreign key (org, fleet) references gateway.fleets on delete cascade
);
create index on gateway.template_versions (org, fleet, name);

create table gateway.fleet_views (
  org uuid not null,
  uid uuid not null,
  template_version uuid,
  template_number bigint not null default 0,
  valid boolean,
  valid_reason text,
  valid_message text,
  valid_generation bigint,
  valid_since timestamptz,
  valid_number bigint not null default 0,
  rollout_template_version uuid,
  rollout_running boolean,
  rollout_since timestamptz,
  rollout_number bigint not null default 0,
  primary key (org, uid),
  foreign key (org, uid) references gateway.fleets on delete cascade
);
comment on column gateway.fleet_views.template_version is 'the newest one';

create table gateway.device_views (
  org uuid not null,
  uid uuid not null,
  owner uuid,
  multiple_owners json not null default '[]',
  owner_since timestamptz,
  owner_number bigint not null default 0,
  target uuid,
  target_number bigint not null default 0,
  rendered_version bigint not null default 0,
  rendered_digest text,
  rendered_template_version uuid,
  rendered_number bigint not null default 0,
  failure text,
  failure_since timestamptz,
  failure_number bigint not null default 0,
  primary key (org, uid),
  foreign key (org, uid) references gateway.devices on delete cascade
) with (fillfactor = 70);
create index on gateway.device_views (org, owner) where owner is not null;
comment on column gateway.device_views.owner is 'uid of the fleet';
comment on column gateway.device_views.target is 'uid of the template version that it is to run';
`;
