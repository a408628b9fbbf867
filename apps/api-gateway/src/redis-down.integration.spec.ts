import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DEFAULT_ORGANISATION as org,
  devicesMatched,
  encode,
  newUid,
  streamKey,
  wakeChannel,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { startService } from '@skein/service';
import {
  appendEntries,
  jsonClient,
  nativeRedisOrSkip,
  startRedis,
  waitFor,
  type RedisServer,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { settingsFor } from '../test/door-scene.js';
import { gateway } from './gateway.options.js';

nativeRedisOrSkip('a gateway whose Redis is down', () => {
  let database: MigratedDatabase;
  let server: RedisServer;
  let redis: Redis;
  let app: NestFastifyApplication;
  const call = jsonClient(() => app.getUrl());
  const stream = { key: streamKey('skein', 'gateway', 0), group: 'gateway' };

  beforeAll(async () => {
    [database, server] = await Promise.all([
      migratedDatabase(['gateway']),
      startRedis({ kind: 'native' }),
    ]);
    await server.kill();
    redis = new Redis(server.url, { maxRetriesPerRequest: null, lazyConnect: true });
    redis.on('error', () => undefined);
    Object.assign(process.env, {
      ...settingsFor(database.urlOf('gateway')),
      SKEIN_STREAM_REDIS_URL: server.url,
      SKEIN_STREAM_PREFIX: 'skein',
    });
    app = await startService(gateway);
  });
  afterAll(async () => {
    await app?.close();
    redis?.disconnect();
    await server?.stop();
    await database?.close();
  });

  const post = (name: string) =>
    call('POST', '/api/v1/devices', {
      body: { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name } },
    });
  const logged = async () => {
    const rows = await app
      .get(Postgres)
      .query<{ name: string }>(`select data ->> 'name' as name from log.events order by position`);
    return rows.map(({ name }) => name);
  };

  /** Stands in for the replayer. */
  async function match(sequence: number, device: string): Promise<void> {
    const members = [{ device, owner: null, labelsVersion: 1, multipleOwners: [] }];
    const { type, kind } = devicesMatched;
    const event = { id: newUid(), source: '/selector', type, kind, subject: org, org, version: 1 };
    const text = encode({ ...event, time: '2026-01-01T00:00:00Z', data: { members } });
    await appendEntries(redis, stream, [{ sequence, text }]);
  }

  it('takes writes, and puts their events into the log', async () => {
    expect((await post('one')).code).toBe(201);
    expect((await post('two')).code).toBe(201);
    expect(await logged()).toEqual(['one', 'two']);
  });

  it('tells the replayer, and hears its stream, as soon as Redis comes', async () => {
    await server.restart();
    const wakes: string[] = [];
    const listener = redis.duplicate();
    listener.on('message', (channel: string) => wakes.push(channel));
    await listener.subscribe(wakeChannel('skein'));
    let posted = 2;
    await waitFor(async () => {
      expect((await post(`woken-${(posted += 1)}`)).code).toBe(201);
      return wakes.length > 0;
    });
    listener.disconnect();
    const { body } = await call('GET', '/api/v1/devices/one');
    expect(body.metadata.name).toBe('one');
    const [row] = await app
      .get(Postgres)
      .query<{ uid: string }>(`select uid from gateway.devices where name = 'one'`);
    await match(1, row!.uid);
    await waitFor(async () => (await redis.xpending(stream.key, stream.group))[0] === 0);
    await waitFor(async () =>
      ((await redis.xinfo('GROUPS', stream.key)) as unknown[]).join().includes('1-0'),
    );
  });

  it('takes writes when Redis goes away again', async () => {
    await server.kill();
    expect((await post('last')).code).toBe(201);
    expect((await logged()).at(-1)).toBe('last');
  });
});
