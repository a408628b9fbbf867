import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How rollouts go, whether anything is dispatched, and when devices were heard of. */
export class Rollouts1800000000002 implements MigrationInterface {
  readonly name = 'Rollouts1800000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop table gateway.presence, gateway.dispatching;
alter table gateway.fleet_views
  drop column rollout_reason, drop column rollout_message, drop column rollout_batch`);
  }
}

const tables = `
alter table gateway.fleet_views
  add column rollout_reason text,
  add column rollout_message text,
  add column rollout_batch integer;

create table gateway.dispatching (
  org uuid primary key,
  frozen boolean not null,
  reason text,
  actor text not null,
  since timestamptz not null default now()
);

create table gateway.presence (
  org uuid not null,
  uid uuid not null,
  seen_at timestamptz not null default now(),
  silent boolean not null default false,
  primary key (org, uid),
  foreign key (org, uid) references gateway.devices on delete cascade
) with (fillfactor = 70);
comment on table gateway.presence is 'when each device was heard of, to the nearest half minute';
insert into gateway.presence (org, uid) select org, uid from gateway.devices;
`;
