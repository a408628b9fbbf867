import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the replayer says every few seconds about each Redis server, and what it remembers of the last hour. */
export class KvFigures1800000000007 implements MigrationInterface {
  readonly name = 'KvFigures1800000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table log.kv_figures');
  }
}

const table = `
create table log.kv_figures (
  server text not null check (server in ('streams', 'cache')),
  node text not null,
  figures jsonb not null,
  history jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (server, node)
) with (fillfactor = 50);
`;
