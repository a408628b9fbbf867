import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openBlobs } from '@skein/blobs';
import { DEFAULT_ORGANISATION as org, devicesRendered } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { startService } from '@skein/service';
import { jsonClient, waitFor, type Loose } from '@skein/testing';
import { device as manifest } from '../test/manifests.js';
import { Tokens } from '../test/tokens.js';
import { WatchScene } from '../test/watch-scene.js';
import { GatewayConfig } from './gateway.config.js';
import { gateway } from './gateway.options.js';
import { OrganisationDatabase } from './resources/organisation-database.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';
import { ChangeFeed } from './resources/watch/change-feed.js';

const folder = mkdtempSync(join(tmpdir(), 'skein-replicas-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [{ id: org, displayName: 'Own' }]);
const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
/** The replica that devices wait at; the one of the scene handles what is heard. */
let other: NestFastifyApplication;
let waiters: RenderedWaiters;
const atOther = jsonClient(() => other.getUrl());

const own = (method: string, path: string, body?: unknown) =>
  scene.call(method, path, body, tokens.of('operator'));

beforeAll(async () => {
  tokens.give('operator', { role: 'admin', organization: org }).write();
  await scene.openWith({ SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS_FILE: tokens.file });
  await scene.heard.register();
  other = await startService({ ...gateway, hears: false });
  waiters = other.get(RenderedWaiters);
  // Only what the replicas are told may wake anybody here.
  jest.spyOn(waiters, 'look').mockResolvedValue();
});
afterAll(async () => {
  await other?.close();
  await scene.close();
  rmSync(folder, { recursive: true });
});

let issued: Record<string, Loose>;
beforeEach(async () => {
  await scene.empty('devices');
  issued = {};
  for (const name of ['d', 'e']) {
    await own('PUT', `/devices/${name}`, manifest(name));
    issued[name] = (await own('POST', `/devices/${name}/tokens`)).body;
  }
  await scene.settled();
});

const authorization = (name: string) => ({ authorization: `Bearer ${issued[name].token}` });
/** The device that holds a token waits at the other replica for a document. */
const wait = (name: string, holder = name) =>
  atOther('GET', `/api/v1/devices/${name}/rendered`, { headers: authorization(holder) });

const waiting = (count: number) => waitFor(() => waiters.size === count);

/** The render service says that there is a document; resolves with the number of that. */
async function render(...names: string[]): Promise<number> {
  const content = Buffer.from(JSON.stringify({ os: { image: 'v1' } }));
  const { store } = openBlobs(scene.admin, scene.app.get(GatewayConfig).sealingKeys);
  const digest = await store.put(org, content, false);
  const uids = await Promise.all(names.map((name) => scene.uidOf('devices', name)));
  const members = uids.map((device) => ({
    device,
    renderedVersion: 1,
    digest,
    size: content.length,
  }));
  await scene.say(devicesRendered, uids[0]!, { templateVersion: null, members });
  await scene.number();
  return scene.lastNumber();
}

/** What the hint of the replayer does. */
const hint = () => other.get(ChangeFeed).wake();

describe('a device that waits at one replica', () => {
  it('is answered when another one has handled its document, and not before; others wait on', async () => {
    const answers = { d: wait('d'), e: wait('e') };
    await waiting(2);
    const number = await render('d');
    hint();
    await waitFor(() => other.get(ChangeFeed).reached.number === number);
    expect(waiters.size).toBe(2);
    await scene.deliver(number);
    expect(await answers.d).toMatchObject({ code: 200, body: { spec: { os: { image: 'v1' } } } });
    expect(waiters.size).toBe(1);
    await scene.deliver(await render('e'));
    hint();
    expect((await answers.e).code).toBe(200);
  });

  it('is answered also with what takes effect after it looked, and was told before it waits', async () => {
    const read = OrganisationDatabase.prototype.query;
    const reading = jest.spyOn(OrganisationDatabase.prototype, 'query');
    reading.mockImplementation(async function (this: OrganisationDatabase, sql, values) {
      const rows = await read.call(this, sql, values);
      if (!sql.includes('rendered_version')) return rows;
      reading.mockRestore();
      const number = await render('d');
      await scene.deliver(number);
      await waitFor(() => other.get(ChangeFeed).settled.number >= number);
      return rows;
    });
    expect((await wait('d')).code).toBe(200);
  });

  it('is answered also with what failed at first', async () => {
    const answer = wait('d');
    await waiting(1);
    await scene.fail(await render('d'));
    await scene.retry();
    await scene.number();
    hint();
    expect((await answer).code).toBe(200);
  });

  it('is told when it is deleted', async () => {
    const answer = wait('d');
    await waiting(1);
    await own('DELETE', '/devices/d');
    await scene.number();
    hint();
    expect((await answer).code).toBe(401);
  });

  it('is answered when another log takes the place of this one', async () => {
    const answer = wait('d');
    await waiting(1);
    const number = await render('d');
    await scene.deliver(number);
    waiters.forget();
    expect((await answer).code).toBe(200);
  });
});

describe('the token of a device that waits', () => {
  const revoke = (name: string) =>
    own('DELETE', `/devices/${name}/tokens/${issued[name].metadata.name}`);

  it('ends its wait when it is revoked, and nobody else waits shorter', async () => {
    const { body: second } = await own('POST', '/devices/d/tokens');
    const answers = { first: wait('d'), e: wait('e') };
    issued['d2'] = second;
    const withSecond = wait('d', 'd2');
    await waiting(3);
    await revoke('d');
    await scene.number();
    hint();
    expect((await answers.first).code).toBe(401);
    await waiting(2);
    await scene.deliver(await render('d', 'e'));
    hint();
    expect([(await withSecond).code, (await answers.e).code]).toEqual([200, 200]);
  });

  it('gets no document once it is revoked, whoever woke it', async () => {
    const answer = wait('d');
    await waiting(1);
    await scene.deliver(await render('d'));
    await revoke('d');
    waiters.wake([{ org, uid: await scene.uidOf('devices', 'd') }]);
    const { code, body } = await answer;
    expect([code, body.spec]).toEqual([401, undefined]);
  });

  it('is good for its own document and status only, at every replica', async () => {
    const about = { ...manifest('e'), status: { config: { renderedVersion: '1' } } };
    for (const at of [scene.client, atOther]) {
      const as = async (method: string, path: string, body?: unknown) =>
        (await at(method, `/api/v1/devices/${path}`, { body, headers: authorization('d') })).code;
      expect(await as('GET', 'e/rendered')).toBe(403);
      expect(await as('GET', 'nobody/rendered')).toBe(403);
      expect(await as('GET', 'e/status')).toBe(403);
      expect(await as('PUT', 'e/status', about)).toBe(403);
      expect(await as('GET', 'd/status')).toBe(200);
      expect(await as('PUT', 'd/status', { ...about, metadata: { name: 'd' } })).toBe(200);
    }
    expect(await scene.postgres.query('select 1 from gateway.device_statuses')).toHaveLength(1);
  });
});
