import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether repositories can be reached, and by which secret their servers' deliveries are known. */
export class Access1800000000003 implements MigrationInterface {
  readonly name = 'Access1800000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(columns);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table gateway.repositories
  drop column webhook, drop column accessible, drop column access_reason, drop column access_message,
  drop column accessible_since, drop column accessible_number`);
  }
}

const columns = `
alter table gateway.repositories
  add column webhook uuid,
  add column accessible boolean,
  add column access_reason text,
  add column access_message text,
  add column accessible_since timestamptz,
  add column accessible_number bigint not null default 0;
comment on column gateway.repositories.webhook is 'id in blobs.sealed; null: no deliveries are taken';
comment on column gateway.repositories.accessible is 'heard of the repo service; null: not yet';
`;
