import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the gateway shows: why a device's document is not made yet. */
export class Shown1800000000003 implements MigrationInterface {
  readonly name = 'Shown1800000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(view);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view render.shown_waits');
  }
}

const view = `
create view render.shown_waits as
select d.org, d.device, w.reason, w.since, w.attempts
from render.devices d
join render.wants w on w.org = d.org and w.kind = 'contents' and w.uid = d.waits_for
where d.pending and w.reason is not null
union all
select d.org, d.device, w.reason, w.since, w.attempts
from render.devices d
join render.wants w on w.org = d.org and w.kind = 'device' and w.uid = d.device
where d.pending and w.reason is not null;
comment on view render.shown_waits is 'devices whose documents wait for the outside, and why';
`;
