import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import type { WatchClient } from '../test/watch-client.js';
import { WatchScene } from '../test/watch-scene.js';
import { WatchService } from './resources/watch/watch.service.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { follow, watch, put, settle, positionOf, gauge } = scene;

beforeAll(() => {
  process.env['SKEIN_WATCH_BUFFER_BYTES'] = String(64 * 1_024);
  return scene.open();
});
afterEach(async () => {
  await scene.hangUp();
  await scene.empty('devices');
});
afterAll(() => scene.close());

const service = () => scene.app.get(WatchService);

/** Changes of one device with a large label, until a client that does not read is behind for good. */
const flood = async (isEnough: () => boolean) => {
  for (let index = 0; !isEnough() && index < 20_000; index += 1) {
    await scene.postgres.query(`update gateway.devices set labels = $1 where name = 'big'`, [
      JSON.stringify({ index: String(index), ...big }),
    ]);
    await scene.postgres.query(GROWN, [index]);
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
const big = Object.fromEntries(
  Array.from({ length: 500 }, (_, key) => [`key-${key}`, 'x'.repeat(63)]),
);
const GROWN = `
insert into log.events (id, org, kind, subject, version, type, source, data)
select gen_random_uuid(), d.org, 'Device', d.uid, $1 + 100, t.id, '/gateway', '{"labels":{}}'
from gateway.devices d, log.types t where d.name = 'big' and t.name = 'skein.device.labels-updated.v1'`;

describe('a client that does not read', () => {
  it('is told so and let go, while others are told everything', async () => {
    await put('big');
    await settle();
    const [slow, quick] = [await follow('devices'), await follow('devices')];
    slow.freeze();
    const memory = process.memoryUsage().rss;
    let lost = false;
    const before = await gauge('skein_watchers');
    expect(before).toBe(2);
    const looking = waitFor(async () => (await gauge('skein_watchers')) === 1, {
      timeoutMs: 50_000,
    }).then(() => (lost = true));
    await flood(() => lost);
    await looking;
    slow.thaw();
    const grown = process.memoryUsage().rss - memory;
    const last = String(await lastIndex());
    await quick.until(() => quick.known.get('big')?.metadata.labels.index === last);
    expect(quick.isOver).toBe(false);
    await slow.until(() => slow.isOver);
    expect(slow.sent.at(-1)).toMatchObject({ type: 'ERROR', object: { reason: 'TooSlow' } });
    expect(slow.sent.length).toBeLessThan(quick.sent.length);
    expect(grown).toBeLessThan(2 ** 29);
    expect(await gauge('skein_watch_ended_total')).toBeGreaterThan(0);
  });

  const lastIndex = async () => {
    const rows = await scene.postgres.query<{ index: string }>(
      `select labels ->> 'index' as index from gateway.devices where name = 'big'`,
    );
    return rows[0]!.index;
  };
});

describe('clients that come and go', () => {
  it('leave nothing behind', async () => {
    await put('a', { site: 'lyon' });
    await settle();
    const resourceVersion = await positionOf('devices');
    for (let round = 0; round < 20; round += 1) {
      const clients = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          watch('devices', {
            labelSelector: `site=lyon,rack!=${index % 7}`,
            ...(index % 2 && { resourceVersion }),
          }),
        ),
      );
      expect(new Set(clients.map(({ code }) => code))).toEqual(new Set([200]));
      await scene.hangUp();
    }
    await waitFor(async () => (await gauge('skein_watchers')) === 0);
    await waitFor(() => !service().isListening);
  });
});

describe('a watch whose time is up', () => {
  it('is ended, and can be gone on with', async () => {
    await scene.app.close();
    process.env['SKEIN_WATCH_LIFE_MS'] = '1500';
    await scene.start();
    const client = await follow('devices');
    await client.until(() => client.isOver);
    expect(client.sent.at(-1)!.object).toMatchObject({ code: 408, reason: 'Timeout' });
    delete process.env['SKEIN_WATCH_LIFE_MS'];
    const next = await watch('devices', {}, { 'last-event-id': client.lastId! });
    expect(next.code).toBe(200);
  });
});

describe('a gateway that stops', () => {
  it('says good-bye to each client, and has ended when it has', async () => {
    const clients: WatchClient[] = [];
    for (const labelSelector of ['site=lyon', 'site=nice', '']) {
      clients.push(await follow('devices', { labelSelector }));
    }
    await scene.app.close();
    for (const client of clients) {
      await client.until(() => client.isOver);
      expect(client.sent.at(-1)).toMatchObject({
        type: 'ERROR',
        object: { kind: 'Status', code: 503, reason: 'ServiceUnavailable' },
      });
    }
    await scene.start();
    await put('after');
    await settle();
    const again = await watch('devices', {}, { 'last-event-id': clients[2]!.lastId! });
    await again.until(() => again.known.has('after'));
  });
});
