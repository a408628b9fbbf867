import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';

const door = new DoorScene({
  migratedDatabase: () => migratedDatabase(),
  jsonClient,
  environment: process.env,
});
let admin: Postgres;

beforeAll(async () => {
  await door.open();
  admin = await Postgres.open({ url: door.database.adminUrl, applicationName: 'test' });
});
afterAll(async () => {
  await admin?.close();
  await door.close();
});

describe('the servers of streams and cache', () => {
  it('are what the replayer wrote down, without what it did not know', async () => {
    expect((await door.call('GET', '/system/kv')).body).toMatchObject({
      kind: 'KvReportList',
      items: [],
    });
    const advice = [{ code: 'no-maxmemory', severity: 'unsafe', what: 'it grows', cure: 'set it' }];
    const figures = { use: 'streams', usedBytes: 7, containerBytes: null, refused: 0, advice };
    await admin.query(
      `insert into log.kv_figures (server, node, figures, history, updated_at)
       values ('streams', 'one:1', $1, '[]', now()), ('cache', 'two:2', $1, '[]', now() - interval '1 minute')`,
      [figures],
    );
    const { items } = (await door.call('GET', '/system/kv')).body;
    expect(items).toMatchObject([
      { server: 'streams', node: 'one:1', usedBytes: 7, advice },
      { server: 'cache', node: 'two:2' },
    ]);
    expect(items[0]).not.toHaveProperty('containerBytes');
    expect(items[0]).not.toHaveProperty('history');
    expect(items[1].ageSeconds).toBeGreaterThanOrEqual(60);
  });
});
