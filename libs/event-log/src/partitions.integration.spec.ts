import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { EventLog } from './event-log.js';

const SIZE = 10_000_000;
let database: MigratedDatabase;
let admin: Postgres;
let replayer: Postgres;

async function partitions(): Promise<string[]> {
  const found = await admin.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent in ('log.events'::regclass, 'log.sequence'::regclass) order by 1`,
  );
  return found.map(({ name }) => name);
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  replayer = await Postgres.open({ url: database.urlOf('replayer'), applicationName: 'test' });
});
afterAll(async () => {
  await Promise.all([admin?.close(), replayer?.close()]);
  await database?.close();
});

describe('log.make_partitions', () => {
  it('has made the first ones and the next ones, and makes no more before they are needed', async () => {
    await replayer.query('select log.make_partitions()');
    expect(await partitions()).toEqual(['events_0', 'events_1', 'sequence_0', 'sequence_1']);
  });

  it('makes the next ones as soon as the last but one is in use, also when two ask at once', async () => {
    await admin.query(`select setval('log.event_position', $1)`, [SIZE - 1]);
    await admin.query('insert into log.sequence (sequence, position, type) values ($1, 1, 1)', [
      SIZE,
    ]);
    const gateway = await Postgres.open({
      url: database.urlOf('gateway'),
      applicationName: 'test',
    });
    const log = await EventLog.open(gateway, 'gateway', () => undefined);
    const event = {
      definition: deviceDeleted,
      org: DEFAULT_ORGANISATION,
      subject: newUid(),
      data: { name: 'x' },
    };
    await log.commit(async () => ({ events: [event], result: () => undefined }));
    expect(await admin.query('select position from log.events_1')).toEqual([{ position: SIZE }]);
    await Promise.all([1, 2, 3].map(() => replayer.query('select log.make_partitions()')));
    expect(await partitions()).toEqual(
      ['events', 'sequence'].flatMap((table) => [0, 1, 2].map((n) => `${table}_${n}`)),
    );
    await gateway.close();
  });

  it('waits for no reader, and holds up no append', async () => {
    await admin.query(`select setval('log.event_position', $1)`, [2 * SIZE]);
    await admin.query('insert into log.sequence (sequence, position, type) values ($1, 2, 1)', [
      2 * SIZE,
    ]);
    const reader = await openTransaction(database.adminUrl);
    await reader.query('select count(*) from log.events, log.sequence');
    const maker = await openTransaction(database.urlOf('replayer'));
    await maker.query(`set local lock_timeout = '1s'`);
    await maker.query('select log.make_partitions()');
    const writer = await openTransaction(database.adminUrl);
    await writer.query(`set local lock_timeout = '1s'`);
    await writer.query(`insert into log.events (id, org, kind, subject, version, type, source, data)
      select gen_random_uuid(), gen_random_uuid(), kind, subject, version, type, source, data from log.events_1`);
    await writer.query('insert into log.sequence (sequence, position, type) values (1, 1, 1)');
    for (const transaction of [writer, maker, reader]) await transaction.commit();
    expect(await partitions()).toEqual(expect.arrayContaining(['events_3', 'sequence_3']));
  });

  it('makes them like the whole: indexes, defaults, and no constraint but its bounds', async () => {
    const kept = await admin.query<{
      table: string;
      indexes: number;
      attached: number;
      checks: number;
    }>(
      `select c.relname as table, count(*)::int as indexes,
              count(h.inhparent)::int as attached,
              (select count(*)::int from pg_constraint where conrelid = c.oid and contype = 'c') as checks
       from pg_class c join pg_index i on i.indrelid = c.oid
       left join pg_inherits h on h.inhrelid = i.indexrelid
       where c.relname in ('events_3', 'sequence_3') group by c.oid, c.relname order by 1`,
    );
    expect(kept).toEqual([
      { table: 'events_3', indexes: 2, attached: 2, checks: 0 },
      { table: 'sequence_3', indexes: 2, attached: 2, checks: 0 },
    ]);
  });
});
