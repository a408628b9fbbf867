import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With what devices prove who they are. */
export class DeviceTokens1800000000006 implements MigrationInterface {
  readonly name = 'DeviceTokens1800000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway.device_tokens');
  }
}

/** A deleted device takes its tokens with it. */
const table = `
create table gateway.device_tokens (
  org uuid not null,
  digest bytea not null,
  id uuid not null,
  device uuid not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (org, digest),
  foreign key (org, device) references gateway.devices (org, uid) on delete cascade
);
create index on gateway.device_tokens (org, device);
comment on column gateway.device_tokens.digest is 'SHA-256 of the token, which nobody but the device has'`;
