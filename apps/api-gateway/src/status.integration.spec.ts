import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { startService } from '@skein/service';
import { jsonClient, type Loose } from '@skein/testing';
import { gateway } from './gateway.options.js';

let database: MigratedDatabase;
let app: NestFastifyApplication;
let postgres: Postgres;
let position = 0;

beforeAll(async () => {
  database = await migratedDatabase(['gateway']);
  Object.assign(process.env, {
    SKEIN_DATABASE_URL: database.urlOf('gateway'),
    SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1:1',
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_GATEWAY_PORT: '0',
    SKEIN_LOG_LEVEL: 'silent',
  });
  app = await startService({ ...gateway, hears: false });
  postgres = app.get(Postgres);
});

afterAll(async () => {
  await app?.close();
  await database?.close();
});

beforeEach(async () => {
  for (const table of ['repositories', 'fleets', 'devices', 'repository_users']) {
    await postgres.query(`delete from gateway.${table}`);
  }
  await appended();
});

type Row = {
  type: string;
  subject: string;
  version: number;
  data: Loose;
  requestid: string;
  traceparent: string;
};

/** What was appended since the last look. */
async function appended(): Promise<Row[]> {
  const rows = await postgres.query<Row & { position: number }>(
    `select e.*, t.name as type from log.events e join log.types t on t.id = e.type
     where e.position > $1 order by e.position`,
    [position],
  );
  position = rows.at(-1)?.position ?? position;
  return rows;
}

const client = jsonClient(() => app.getUrl());
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  client(method, `/api/v1${path}`, { body, headers });

const apiVersion = 'flightctl.io/v1beta1';
const device = (name: string, more: { metadata?: object; spec?: object } = {}) => ({
  apiVersion,
  kind: 'Device',
  metadata: { name, ...more.metadata },
  ...(more.spec && { spec: more.spec }),
});

const typesOf = (events: readonly { type: string }[]) =>
  events.map(({ type }) => type.replace('skein.', '').replace('.v1', ''));

describe('status', () => {
  const report = (renderedVersion: string, status: string, more: object = {}) => ({
    ...device('d1'),
    status: { config: { renderedVersion }, updated: { status }, ...more },
  });

  it('enters the log only when what the device runs has changed', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await appended();
    const reported = await call('PUT', '/devices/d1/status', report('', 'Unknown'));
    expect(reported.code).toBe(200);
    expect(await appended()).toMatchObject([
      {
        type: 'skein.device.status-reported.v1',
        version: 2,
        data: { renderedVersion: 0, updated: 'Unknown' },
      },
    ]);
    await call(
      'PUT',
      '/devices/d1/status',
      report('', 'Unknown', { os: { image: 'i', imageDigest: 'd' } }),
    );
    expect(await appended()).toEqual([]);
    const { body } = await call('GET', '/devices/d1/status');
    expect(body['status']).toMatchObject({ os: { image: 'i' }, lastSeen: expect.any(String) });
    await call('PUT', '/devices/d1/status', report('3', 'Updating'));
    expect(typesOf(await appended())).toEqual(['device.status-reported']);
    expect((await call('GET', '/devices/d1')).body['metadata'].resourceVersion).toBe('3');
  });

  it('of the same news from many at once enters the log once', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await appended();
    await Promise.all(
      Array.from({ length: 6 }, () => call('PUT', '/devices/d1/status', report('1', 'UpToDate'))),
    );
    expect(await appended()).toHaveLength(1);
  });

  it('is refused when it is wrong or of nobody', async () => {
    expect((await call('PUT', '/devices/d1/status', report('1', 'UpToDate'))).code).toBe(404);
    expect((await call('PUT', '/devices/d1/status', report('one', 'Soon'))).code).toBe(400);
    await call('PUT', '/devices/d1', device('d1'));
    expect((await call('PUT', '/devices/d1/status', device('d1'))).code).toBe(400);
  });
});
