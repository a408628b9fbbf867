import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
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

  it('gives each partition of events the proof that no version is there twice', async () => {
    const insert = `insert into log.events (id, org, kind, subject, version, type, source, data)
      select gen_random_uuid(), org, kind, subject, version, type, source, data from log.events_1`;
    await expect(admin.query(insert)).rejects.toMatchObject({ code: '23505' });
  });
});
