import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was created under which key of a client, so that asking again creates nothing. */
export class IdempotencyKeys1800000000005 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1800000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table gateway.idempotency_keys');
  }
}

const table = `
create table gateway.idempotency_keys (
  org uuid not null,
  key text collate "C" not null,
  uid uuid not null,
  name text collate "C" not null,
  request bytea not null,
  created_at timestamptz not null default now(),
  primary key (org, key)
);
create index on gateway.idempotency_keys (created_at);
comment on column gateway.idempotency_keys.request is
  'digest of kind and body, sealed: it may have secrets, and a bare digest would let them be tried out';
`;
