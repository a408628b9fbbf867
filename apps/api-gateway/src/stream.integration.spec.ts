import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DEFAULT_ORGANISATION as org,
  devicesMatched,
  encode,
  newUid,
  streamKey,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { startService } from '@skein/service';
import {
  appendEntries,
  jsonClient,
  openTransaction,
  putIntoLog,
  testRedis,
  waitFor,
  type TestRedis,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { settingsFor } from '../test/door-scene.js';
import { gateway } from './gateway.options.js';

let database: MigratedDatabase;
let server: TestRedis;
let redis: Redis;
let app: NestFastifyApplication;

beforeAll(async () => {
  [database, server] = await Promise.all([migratedDatabase(['gateway']), testRedis()]);
  redis = new Redis(server.url);
  Object.assign(process.env, {
    ...settingsFor(database.urlOf('gateway')),
    SKEIN_STREAM_REDIS_URL: server.url,
    SKEIN_STREAM_PREFIX: server.prefix,
  });
  app = await startService(gateway);
});

afterAll(async () => {
  await app?.close();
  redis?.disconnect();
  await server?.close();
  await database?.close();
});

it('hears the events of its stream, through all of Nest', async () => {
  const call = jsonClient(() => app.getUrl());
  const head = { apiVersion: 'flightctl.io/v1beta1', metadata: { name: 'one' } };
  await call('PUT', '/api/v1/devices/one', { body: { ...head, kind: 'Device' } });
  await call('PUT', '/api/v1/fleets/one', {
    body: { ...head, kind: 'Fleet', spec: { template: { spec: {} } } },
  });
  const [uids] = await app
    .get(Postgres)
    .query<{ device: string; fleet: string }>(
      'select d.uid as device, f.uid as fleet from gateway.devices d, gateway.fleets f',
    );
  const { device, fleet: owner } = uids!;
  const members = [{ device, owner, labelsVersion: 1, multipleOwners: [] }];
  const { type, kind } = devicesMatched;
  const time = '2026-01-01T00:00:00Z';
  const about = { type, kind, subject: org, time, org, version: 1 };
  const event = { id: newUid(), source: '/selector', ...about, data: { members } };
  const log = await openTransaction(database.adminUrl);
  await putIntoLog(log, [{ sequence: 1, event }]);
  await log.commit();
  const stream = { key: streamKey(server.prefix, 'gateway', 0), group: 'gateway' };
  await appendEntries(redis, stream, [{ sequence: 1, text: encode(event) }]);
  await waitFor(async () => {
    const { body } = await call('GET', '/api/v1/devices/one');
    return body.metadata.owner === 'Fleet/one';
  });
  await waitFor(async () => (await redis.xpending(stream.key, stream.group))[0] === 0);
  expect((await call('GET', '/health/ready')).code).toBe(200);
});
