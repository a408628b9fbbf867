import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Sealer, SealedStore } from '@skein/blobs';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
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
const repository = (name: string, spec: object = {}) => ({
  apiVersion,
  kind: 'Repository',
  metadata: { name },
  spec: { type: 'git', url: 'https://example.com/r.git', ...spec },
});

describe('credentials', () => {
  const httpConfig = { username: 'u', password: 'first secret', skipServerVerification: true };

  async function opened(id: string, uid: string): Promise<Loose> {
    const sealed = await new SealedStore(postgres).get({ org, id });
    return JSON.parse(app.get(Sealer).open({ org, uid }, sealed!).toString());
  }

  it('do not go to another server behind a mask', async () => {
    await call('POST', '/repositories', repository('r', { httpConfig }));
    const masked = { httpConfig: { ...httpConfig, password: '*****' } };
    const moved = { ...masked, url: 'https://elsewhere.example/r.git' };
    const refused = await call('PUT', '/repositories/r', repository('r', moved));
    expect([refused.code, refused.body['message']]).toEqual([
      400,
      expect.stringContaining('spec.url'),
    ]);
    const samePlace = { ...masked, url: 'https://example.com/other.git' };
    expect((await call('PUT', '/repositories/r', repository('r', samePlace))).code).toBe(200);
    const anew = { ...moved, httpConfig };
    expect((await call('PUT', '/repositories/r', repository('r', anew))).code).toBe(200);
  });

  it('are sealed, masked, and in no event', async () => {
    const created = await call('POST', '/repositories', repository('r', { httpConfig }));
    expect(created.body['spec'].httpConfig).toEqual({ ...httpConfig, password: '*****' });
    const [event] = await appended();
    expect(event!.data['spec'].httpConfig).toEqual({ skipServerVerification: true });
    expect(await opened(event!.data['credentials'], String(event!['subject']))).toEqual({
      username: 'u',
      password: 'first secret',
    });
    const [row] = await postgres.query<{ text: string }>(
      'select row_to_json(r)::text as text from gateway.repositories r',
    );
    expect(row!.text).not.toContain('first secret');
  });

  it('stay as they are when the mask is sent back, and change when they change', async () => {
    const { body } = await call('POST', '/repositories', repository('r', { httpConfig }));
    await appended();
    expect((await call('PUT', '/repositories/r', body)).code).toBe(200);
    expect(await appended()).toEqual([]);
    const moved = { ...httpConfig, password: '*****', username: 'other' };
    await call('PUT', '/repositories/r', repository('r', { httpConfig: moved }));
    const [event] = await appended();
    expect(await opened(event!.data['credentials'], String(event!['subject']))).toEqual({
      username: 'other',
      password: 'first secret',
    });
    await call('PUT', '/repositories/r', repository('r'));
    expect((await appended())[0]!.data['credentials']).toBeNull();
  });

  it('cannot be kept where there are none', async () => {
    const masked = repository('r', { httpConfig: { token: '*****' } });
    const refused = await call('POST', '/repositories', masked);
    expect(refused).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('token is masked') },
    });
  });
});
