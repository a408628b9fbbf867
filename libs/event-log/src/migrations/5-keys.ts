import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys that begin with the subject, which alone tells nearly all rows apart: the first comparison
 * on the way down an index is then the last one.
 */
export class Keys1800000000004 implements MigrationInterface {
  readonly name = 'Keys1800000000004';

  async up(runner: QueryRunner): Promise<void> {
    await this.change(runner, {
      subjects: 'subject, kind, org',
      events: 'subject, version, kind, org',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.change(runner, {
      subjects: 'org, kind, subject',
      events: 'org, kind, subject, version',
    });
  }

  private async change(runner: QueryRunner, keys: { subjects: string; events: string }) {
    await runner.query(`
alter table log.subjects drop constraint subjects_pkey, add primary key (${keys.subjects});

do $$
declare
  made record;
begin
  for made in
    select i.indexrelid::regclass as index, i.indrelid::regclass as partition
    from pg_index i join pg_inherits h on h.inhrelid = i.indrelid
    where h.inhparent = 'log.events'::regclass and i.indisunique and not i.indisprimary
  loop
    execute format('drop index %s', made.index);
    execute format('create unique index on %s (${keys.events})', made.partition);
  end loop;
end $$;
`);
    await this.changeNextPartitions(runner, keys.events);
  }

  private async changeNextPartitions(runner: QueryRunner, key: string): Promise<void> {
    const [{ source }] = (await runner.query(
      `select pg_get_functiondef('log.make_partitions()'::regprocedure) as source`,
    )) as [{ source: string }];
    const index = /(create unique index on log\.%I) \(.*?\)/;
    if (!index.test(source)) throw new Error('log.make_partitions makes no unique index');
    await runner.query(source.replace(index, `$1 (${key})`));
  }
}
