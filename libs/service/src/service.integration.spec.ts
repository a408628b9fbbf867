import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  devicesMatched,
  streamKey,
  topology,
  wakeChannel,
} from '@skein/events';
import { migrate, type Migrated } from '@skein/migrate';
import {
  appendEntries,
  startPostgres,
  testRedis,
  waitFor,
  type PostgresServer,
  type TestRedis,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Counting, Deaf, poison, Replaying, unit, Worker } from '../test/test-service.js';
import { startService } from './boot.js';
import { Lifecycle } from './lifecycle.js';

const given = { ...process.env };
let server: PostgresServer;
let migrated: Migrated;
let place: TestRedis;
let redis: Redis;
let app: NestFastifyApplication | undefined;

const start = async (module: Type = Worker, hears = true) =>
  (app = await startService({ module, hears }));
async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${(await app!.getUrl()).replace('[::1]', '127.0.0.1')}${path}`);
  return { status: response.status, text: await response.text() };
}
async function connections(): Promise<number> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const { rowCount } = await client.query(
    `select from pg_stat_activity where application_name = 'skein-selector'`,
  );
  await client.end();
  return rowCount ?? 0;
}
const clients = async () =>
  ((await redis.client('LIST')) as string).split('name=skein-selector').length;
const stream = () => ({ key: streamKey(place.prefix, 'selector', 0), group: 'selector' });
const text = (sequence: number) =>
  JSON.stringify({
    ...{
      id: `id-${sequence}`,
      source: '/gateway',
      type: 'skein.device.deleted.v1',
      kind: 'Device',
      subject: 's',
    },
    ...{ time: '2026-01-01T00:00:00Z', org: DEFAULT_ORGANISATION, version: 1, data: { name: 'x' } },
  });
const append = (sequence: number) =>
  appendEntries(redis, stream(), [{ sequence, text: text(sequence) }]);

beforeAll(async () => {
  server = await startPostgres({ database: 'service' });
  migrated = await migrate({ url: server.url, services: ['selector'] });
  place = await testRedis();
  redis = new Redis(place.url);
});
afterAll(async () => {
  redis?.disconnect();
  await place?.close();
  await server?.stop();
});
beforeEach(() => {
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: migrated.urlOf('selector'),
    SKEIN_STREAM_REDIS_URL: place.url,
    SKEIN_STREAM_PREFIX: place.prefix,
    SKEIN_LOG_LEVEL: 'silent',
  });
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  process.env = { ...given };
  await redis.del(stream().key);
});

describe('a service', () => {
  it('is live and ready once it has started, on a free port of this machine only', async () => {
    await start();
    expect(await get('/health/live')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(await get('/health/ready')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(await app!.getUrl()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is live but not ready while PostgreSQL is away, says why, and is ready when it is back', async () => {
    await start();
    await server.kill();
    const { status, text: body } = await get('/health/ready');
    expect([status, JSON.parse(body)]).toEqual([
      503,
      { status: 'unavailable', reason: expect.stringMatching(/^PostgreSQL: .+/) },
    ]);
    expect((await get('/health/live')).status).toBe(200);
    await server.restart();
    await waitFor(async () => (await get('/health/ready')).status === 200);
  });

  it('is not ready before and after its time', async () => {
    await start();
    app!.get(Lifecycle).drain();
    expect(await get('/health/ready')).toEqual({
      status: 503,
      text: '{"status":"unavailable","reason":"starting or stopping"}',
    });
  });

  it('shows its metrics and what its parts count', async () => {
    await start();
    app!.get(Counting).counter.add(1);
    const { status, text: body } = await get('/metrics');
    expect(status).toBe(200);
    expect(body).toMatch(/service_name="skein-selector"/);
    expect(body).toMatch(/^skein_test_counted_total.* 1/m);
  });

  it('names every setting that is missing', async () => {
    delete process.env['SKEIN_DATABASE_URL'];
    delete process.env['SKEIN_STREAM_REDIS_URL'];
    await expect(start()).rejects.toThrow(/SKEIN_DATABASE_URL[^]*SKEIN_STREAM_REDIS_URL/);
  });
});

describe('a service that hears events', () => {
  it('registers what it hears, handles it, and hands on the very error of a handler', async () => {
    await append(1);
    await start();
    await waitFor(() => unit.handled.includes(1));
    await append(13);
    await waitFor(() => unit.errors.length > 0);
    expect(unit.errors).toEqual([poison]);
    expect(unit.errors[0]).toBe(poison);
    const hearings = await app!
      .get(EventLog)
      .postgres.query(`select from log.hearings where service = 'selector'`);
    expect(hearings).toHaveLength(topology.selector.size);
  });

  it('refuses to start without a handler for what it hears', async () => {
    await expect(start(Deaf)).rejects.toThrow(/no handler for skein\.device\.created\.v1/);
  });

  it('tells the replayer of a commit', async () => {
    const listener = new Redis(place.url);
    const heard: string[] = [];
    listener.on('message', (channel) => heard.push(channel));
    await listener.subscribe(wakeChannel(place.prefix));
    await start();
    await waitFor(() => heard.length > 0, { message: 'the hint of the start' });
    heard.length = 0;
    const event = {
      definition: devicesMatched,
      org: DEFAULT_ORGANISATION,
      subject: DEFAULT_ORGANISATION,
      data: { members: [] },
    };
    await app!.get(EventLog).commit(async () => ({ events: [event], result: () => undefined }));
    await waitFor(() => heard.length > 0, { message: 'the hint of the commit' });
    listener.disconnect();
  });

  it('leaves nothing open when it stops: no consumer, no connection', async () => {
    const before = await clients();
    await append(1);
    await start();
    await waitFor(
      async () =>
        ((await redis.xinfo('CONSUMERS', stream().key, 'selector')) as unknown[]).length === 1,
    );
    expect(await connections()).toBeGreaterThan(0);
    await app!.close();
    app = undefined;
    expect(await redis.xinfo('CONSUMERS', stream().key, 'selector')).toEqual([]);
    await waitFor(async () => (await connections()) === 0);
    await waitFor(async () => (await clients()) === before);
  });
});

describe('a service that hears nothing', () => {
  it('starts without a stream', async () => {
    process.env['SKEIN_DATABASE_URL'] = migrated.urlOf('replayer');
    await start(Replaying, false);
    expect((await get('/health/ready')).status).toBe(200);
  });
});
