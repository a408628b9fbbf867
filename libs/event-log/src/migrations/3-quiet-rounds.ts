import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What timers wait for: up to when all that was committed is numbered. */
export class QuietRounds1800000000002 implements MigrationInterface {
  readonly name = 'QuietRounds1800000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table log.quiet_round');
  }
}

/** The last round that numbered all that it saw: all committed before it began is at or below its last number. */
const table = `
create table log.quiet_round (
  one boolean primary key default true check (one),
  began_at timestamptz not null,
  last_number bigint not null
) with (fillfactor = 50);
insert into log.quiet_round (began_at, last_number) values ('-infinity', 0);
`;
