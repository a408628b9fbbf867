import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Frozen contents and sealed credentials. Rows never change, so a service's role needs `usage` on the schema and
 * `select, insert` on the tables, and must never get `update` or `delete`; the migrate tool grants them.
 */
export class Blobs1800000000000 implements MigrationInterface {
  readonly name = 'Blobs1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema blobs cascade');
  }
}

const tables = `
create schema blobs;

create table blobs.contents (
  org uuid not null,
  digest text not null check (digest ~ '^[a-z0-9-]+:[0-9a-f]{64}$'),
  size integer not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  primary key (org, digest),
  check (size = octet_length(content))
);

create table blobs.sealed (
  org uuid not null,
  id uuid not null,
  key_id text not null,
  nonce bytea not null,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (org, id)
);
`;
