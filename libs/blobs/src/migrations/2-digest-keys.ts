import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key of each organisation for the digests of its secrets. Rows never change. */
export class DigestKeys1800000000001 implements MigrationInterface {
  readonly name = 'DigestKeys1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table blobs.digest_keys');
  }
}

const table = `
create table blobs.digest_keys (
  org uuid primary key,
  sealed bytea not null,
  created_at timestamptz not null default now()
);
`;
