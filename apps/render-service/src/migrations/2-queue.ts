import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The devices' rows are the queue of rendering; only what cannot be rendered at once becomes a want. */
export class Queue1800000000001 implements MigrationInterface {
  readonly name = 'Queue1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table render.devices add column set_aside_number bigint not null default 0;
comment on column render.devices.set_aside_number is
  'the due_number that was put down as a want, since it could not be rendered at once';
drop index render.devices_pending;
create index devices_to_render on render.devices (org, due_number, device)
  where pending and set_aside_number < due_number;
create index devices_set_aside on render.devices (org, device)
  where pending and set_aside_number >= due_number;
`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop index render.devices_to_render, render.devices_set_aside;
alter table render.devices drop column set_aside_number;
create index devices_pending on render.devices (org, device) where pending;
`);
  }
}
