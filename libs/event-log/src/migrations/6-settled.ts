import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A start of the replayer reads the numbers above a settled one, so that nothing needs an index
 * from positions to numbers: each event had to be entered there too.
 */
export class Settled1800000000005 implements MigrationInterface {
  readonly name = 'Settled1800000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table log.settled add column number bigint not null default 0;
update log.settled set number = coalesce(
  (select min(s.sequence) - 1 from log.sequence s where s.position > settled.position),
  (select max(s.sequence) from log.sequence s), 0);
drop index log.sequence_position_idx`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
create index sequence_position_idx on log.sequence (position);
alter table log.settled drop column number`);
  }
}
