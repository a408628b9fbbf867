import { consumerTables } from '@skein/event-log';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which repositories there are, and which fleets and devices refer to them. */
export class Repo1800000000000 implements MigrationInterface {
  readonly name = 'Repo1800000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema repo; ${consumerTables('repo')}`);
    await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema repo cascade');
  }
}

const tables = `
create table repo.repositories (
  org uuid not null,
  repository uuid not null,
  name text,
  spec_number bigint not null default 0,
  woken_number bigint not null default 0,
  deleted boolean not null default false,
  deleted_number bigint not null default 0,
  primary key (org, repository)
);
comment on column repo.repositories.name is 'null until the creation of the repository arrives';
comment on column repo.repositories.woken_number is
  'the spec_number of which the users were told last';

create index repositories_by_name on repo.repositories (org, name);
create index repositories_behind on repo.repositories (org, repository)
  where not deleted and name is not null and spec_number > woken_number;

create table repo.users (
  org uuid not null,
  kind text not null check (kind in ('fleet', 'device')),
  uid uuid not null,
  number bigint not null,
  deleted boolean not null,
  primary key (org, kind, uid)
);

create table repo.uses (
  org uuid not null,
  repository text not null,
  kind text not null,
  uid uuid not null,
  primary key (org, repository, kind, uid)
);
comment on column repo.uses.repository is 'name of the repository, whether it exists or not';
create index uses_by_user on repo.uses (org, kind, uid);
`;
