import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Devices are found by their labels. */
export class Labels1800000000004 implements MigrationInterface {
  readonly name = 'Labels1800000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index gateway.devices_by_label');
  }
}

/** With the organisation above the labels, one entry stands for both; what is not merged yet is read by every look-up. */
const index = `
create index devices_by_label on gateway.devices
  using gin (jsonb_set('{}', array[org::text], labels) jsonb_path_ops)
  with (gin_pending_list_limit = 1024)`;
