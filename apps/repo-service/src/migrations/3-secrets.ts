import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which versions of Kubernetes secrets were seen last. */
export class Secrets1800000000002 implements MigrationInterface {
  readonly name = 'Secrets1800000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table repo.secrets; drop index repo.referrers_secrets');
  }
}

const table = `
create table repo.secrets (
  org uuid not null,
  reference text not null,
  revision text,
  changed_at timestamptz not null,
  primary key (org, reference)
);
create index referrers_secrets on repo.referrers (org, reference) where repository = '';
comment on table repo.secrets is 'what was seen outside; it does not follow from the log';
comment on column repo.secrets.revision is 'its uid and resource version; null: there is no such secret';
comment on column repo.secrets.changed_at is
  'since when the revision is kept: who was heard of later and said something before must look again';
`;
