import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { Batch } from '@skein/task';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device, fleet, repository } from '../test/manifests.js';
import { GatewaySweep } from './gateway.sweep.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(async () => {
  await door.clear();
  await door.empty('idempotency_keys');
});
afterAll(() => door.close());

const create = (kind: string, body: unknown, key: string, query = '') =>
  call('POST', `/${kind}${query}`, body, { 'idempotency-key': key });
const keys = () =>
  door.postgres.query<Loose>('select * from gateway.idempotency_keys order by key');
const age = (interval: string) =>
  door.postgres.query(
    `update gateway.idempotency_keys set created_at = now() - interval '${interval}'`,
  );

describe('a key of a client', () => {
  it.each([
    ['devices', device('a')],
    ['fleets', fleet('a')],
    ['repositories', repository('a', { httpConfig: { password: 'p' } })],
  ])('creates one of %s', async (kind, body) => {
    const first = await create(kind, body, 'k');
    expect(first.code).toBe(201);
    const events = await appended();
    const second = await create(kind, body, 'k');
    expect(second).toMatchObject({
      code: 201,
      body: first.body,
      headers: { etag: first.headers['etag'] },
    });
    expect(events).toHaveLength(1);
    expect(await appended()).toEqual([]);
    expect((await create(kind, body, 'another')).code).toBe(409);
  });

  it('answers the resource as it is now', async () => {
    await create('devices', device('a'), 'k');
    await call('PUT', '/devices/a', device('a', { metadata: { labels: { b: 'c' } } }));
    const { code, body } = await create('devices', device('a'), 'k');
    expect({ code, labels: body.metadata.labels }).toEqual({ code: 201, labels: { b: 'c' } });
  });

  it('stands for one request', async () => {
    await create('devices', device('a'), 'k');
    await appended();
    for (const [kind, body] of [
      ['devices', device('a', { metadata: { labels: { b: 'c' } } })],
      ['devices', device('b')],
      ['fleets', fleet('a')],
    ] as const) {
      expect(await create(kind, body, 'k')).toMatchObject({
        code: 422,
        body: { reason: 'UnprocessableContent' },
      });
    }
    expect(await appended()).toEqual([]);
  });

  it('stands for nothing when nothing was created', async () => {
    await call('PUT', '/devices/a', device('a'));
    expect((await create('devices', device('a'), 'k')).code).toBe(409);
    expect((await create('devices', device('b'), 'k', '?dryRun=All')).code).toBe(201);
    expect((await create('devices', { ...device('b'), kind: 'x' }, 'k')).code).toBe(400);
    expect(await keys()).toEqual([]);
    expect((await create('devices', device('c'), 'k')).code).toBe(201);
  });

  it('creates nothing again that was deleted, nor takes another for it', async () => {
    await create('devices', device('a'), 'k');
    await call('DELETE', '/devices/a');
    expect((await create('devices', device('a'), 'k')).code).toBe(409);
    await call('PUT', '/devices/a', device('a'));
    const { code, body } = await create('devices', device('a'), 'k');
    expect({ code, message: body.message }).toEqual({
      code: 409,
      message: expect.stringContaining('is deleted since'),
    });
  });

  it('is 1 to 255 characters long', async () => {
    for (const key of ['', 'é', 'k'.repeat(256)]) {
      expect((await create('devices', device('a'), key)).code).toBe(400);
    }
    expect((await create('devices', device('a'), 'k'.repeat(255))).code).toBe(201);
  });

  it('tells nobody what the request was', async () => {
    const body = repository('a', { httpConfig: { password: 'p' } });
    await create('repositories', body, 'k');
    await call('DELETE', '/repositories/a');
    await create('repositories', body, 'l');
    const [one, other] = (await keys()).map(({ request }): Buffer => request);
    expect(one).not.toEqual(other);
    expect(one!.toString('latin1')).not.toContain('sha256:');
  });
});

describe('one key many times at once', () => {
  it('creates once, and all are told the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => create('devices', device('a'), 'k')),
    );
    for (const { code, body } of answers) {
      expect({ code, body }).toEqual({ code: 201, body: answers[0]!.body });
    }
    expect(typesOf(await appended())).toEqual(['device.created']);
  });

  it('with different requests creates one of them', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(names.map((name) => create('devices', device(name), 'k')));
    expect(answers.map(({ code }) => code).sort()).toEqual([201, 422, 422, 422]);
    expect(typesOf(await appended())).toEqual(['device.created']);
  });

  it('different keys for one name create it once', async () => {
    const answers = await Promise.all(
      ['k', 'l', 'm'].map((key) => create('devices', device('a'), key)),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual([201, 409, 409]);
    expect(await keys()).toHaveLength(1);
  });
});

describe('old keys', () => {
  it('are free after 24 hours, also before they are pruned', async () => {
    await create('devices', device('a'), 'k');
    await age('23 hours 59 minutes');
    expect((await create('devices', device('b'), 'k')).code).toBe(422);
    await age('24 hours 1 minute');
    expect((await create('devices', device('b'), 'k')).code).toBe(201);
    expect(await create('devices', device('b'), 'k')).toMatchObject({ code: 201 });
  });

  it('are pruned by the sweep', async () => {
    await create('devices', device('a'), 'old');
    await age('25 hours');
    await create('devices', device('b'), 'new');
    const sweep = door.app.get(GatewaySweep);
    await door.postgres.transaction((transaction) => sweep.find(new Batch(transaction)));
    expect((await keys()).map(({ key }) => key)).toEqual(['new']);
  });
});
