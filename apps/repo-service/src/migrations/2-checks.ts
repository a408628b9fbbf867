import { wantsTable } from '@skein/task';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What in repositories is referred to, and what was seen there last. */
export class Checks1800000000001 implements MigrationInterface {
  readonly name = 'Checks1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(wantsTable('repo'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

// What an older build folds leaves the numbers of the new columns behind: the sweep reads those events again.
const tables = `
alter table repo.repositories
  add column spec json,
  add column credentials text,
  add column described_number bigint not null default 0,
  add column accessible boolean,
  add column access_reason text,
  add column access_message text,
  add column checking_until timestamptz;
comment on column repo.repositories.described_number is 'number of the event that spec and credentials are from';
comment on column repo.repositories.accessible is 'what was said of it last; null: nothing yet';
comment on column repo.repositories.checking_until is 'somebody is looking at it, and gives a sign of life before then';
create index repositories_undescribed on repo.repositories (org, repository)
  where not deleted and described_number < spec_number;

alter table repo.users
  add column referred_number bigint not null default 0,
  add column said_at timestamptz;
comment on column repo.users.referred_number is 'number of the event that its rows in repo.referrers are from';
comment on column repo.users.said_at is 'when that event was appended';
create index users_unreferred on repo.users (org, kind, uid) where referred_number < number;

create table repo.referrers (
  org uuid not null,
  repository text not null,
  reference text not null,
  kind text not null,
  uid uuid not null,
  primary key (org, repository, reference, kind, uid)
);
comment on column repo.referrers.repository is 'name of the repository, whether it exists or not';
create index referrers_by_user on repo.referrers (org, kind, uid);

create table repo.contents (
  org uuid not null,
  repository uuid not null,
  reference text not null,
  revision text,
  validators text,
  failure text,
  changed_at timestamptz,
  primary key (org, repository, reference)
);
comment on table repo.contents is 'what was seen outside; it does not follow from the log';
comment on column repo.contents.changed_at is
  'since when the revision is kept: who was heard of later and said something before must look again';
`;

const undo = `
drop table repo.wants, repo.contents, repo.referrers;
drop sequence repo.want_number;
drop index repo.repositories_undescribed, repo.users_unreferred;
alter table repo.users drop column referred_number, drop column said_at;
alter table repo.repositories
  drop column spec, drop column credentials, drop column described_number, drop column accessible,
  drop column access_reason, drop column access_message, drop column checking_until;
`;
