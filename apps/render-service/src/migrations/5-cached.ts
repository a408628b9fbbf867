import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the cache may hold: so it can be dropped without looking through the cache. */
export class Cached1800000000004 implements MigrationInterface {
  readonly name = 'Cached1800000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table render.cached');
  }
}

const table = `
create table render.cached (
  org uuid not null,
  template_version uuid not null,
  repository text not null,
  fleet uuid not null,
  stale boolean not null default false,
  primary key (org, template_version, repository)
);
create index cached_fleet on render.cached (org, fleet);
create index cached_repository on render.cached (org, repository);
create index cached_stale on render.cached (org) where stale;
comment on table render.cached is
  'what was fetched through the cache; a row goes when that was dropped, and may stay after the cache forgot it by itself';
comment on column render.cached.repository is 'name of the repository; empty for secrets';
comment on column render.cached.stale is 'nobody needs it any more, or it changed: it is about to be dropped';
`;
