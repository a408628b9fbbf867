import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openBlobs } from '@skein/blobs';
import { DEFAULT_ORGANISATION as org, devicesRendered } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { consumerHarness, jsonClient, waitFor, type ConsumerHarness } from '@skein/testing';
import { GrpcClient } from '../test/grpc-client.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { device as manifest } from '../test/manifests.js';
import { hearingOf } from '../test/view-scene.js';
import { GatewayConfig } from './gateway.config.js';
import { OrganisationDatabase } from './resources/organisation-database.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const { client } = door;
let admin: Postgres;
let harness: ConsumerHarness;
let waiters: RenderedWaiters;
let device: string;

function attach(): void {
  waiters = door.app.get(RenderedWaiters);
  harness = consumerHarness({ ...door.database, ...hearingOf(door.app) });
}

beforeAll(async () => {
  await door.open();
  admin = await Postgres.open({ url: door.database.adminUrl, applicationName: 'test' });
  attach();
});

afterAll(async () => {
  await admin?.close();
  await door.close();
});

const rendered = (known?: string, signal?: AbortSignal) =>
  client(
    'GET',
    `/api/v1/devices/d/rendered${known === undefined ? '' : `?knownRenderedVersion=${known}`}`,
    { signal },
  );

beforeEach(async () => {
  await door.empty('devices', 'inbox');
  await door.call('PUT', '/devices/d', manifest('d'));
  [device = ''] = await devices();
});

/** The uids of all. */
const devices = async () =>
  (await door.postgres.query<{ uid: string }>('select uid from gateway.devices')).map(
    ({ uid }) => uid,
  );

/** Stores a document, as the render service does, and answers the event that says so. */
async function document(renderedVersion: number, more = {}, secret = false, of = [device]) {
  const spec = { config: [], os: { image: `v${renderedVersion}` }, ...more };
  const content = Buffer.from(JSON.stringify(spec));
  const { store } = openBlobs(admin, door.app.get(GatewayConfig).sealingKeys);
  const digest = await store.put(org, content, secret);
  const { length: size } = content;
  const members = of.map((one) => ({ device: one, renderedVersion, digest, size }));
  return harness.event(devicesRendered, device, { templateVersion: null, members });
}

const byGrpc = () =>
  door.rpc('DeviceService/GetRenderedDevice', { name: 'd', knownRenderedVersion: '0' });

const waiting = (count = 1) => waitFor(() => waiters.size === count);

describe('the rendered document', () => {
  it('is the same by gRPC, however large it is', async () => {
    const content = 'x'.repeat(5 * 1_024 * 1_024);
    const file = { path: '/etc/a', content, contentEncoding: 'plain', mode: 420 };
    await harness.handle(await document(1, { config: [{ name: 'a', inline: [file] }] }));
    const method = 'DeviceService/GetRenderedDevice';
    const agent = new GrpcClient(door.port, { 'grpc.max_receive_message_length': -1 });
    const answer = await agent.call(method, { name: 'd' });
    agent.close();
    expect(answer.body).toEqual({ device: (await rendered()).body });
    const request = { name: 'd', knownRenderedVersion: '1' };
    expect((await door.rpc(method, request, { deadlineMs: 200 })).code).toBe('DEADLINE_EXCEEDED');
  });

  it('comes at once when it is another than the known one', async () => {
    await harness.handle(await document(1));
    for (const known of [undefined, '', '0', '7']) {
      const { code, body } = await rendered(known);
      expect(code).toBe(200);
      expect(body).toEqual({
        apiVersion: 'flightctl.io/v1beta1',
        kind: 'Device',
        metadata: { name: 'd', annotations: { 'device-controller/renderedVersion': '1' } },
        spec: { config: [], os: { image: 'v1' } },
      });
    }
  });

  it('is opened when it holds a secret', async () => {
    await harness.handle(await document(1, {}, true));
    expect(await rendered()).toMatchObject({ code: 200, body: { spec: { os: { image: 'v1' } } } });
  });

  it('is waited for, and comes when this gateway hears of it', async () => {
    await harness.handle(await document(1));
    const answer = rendered('1');
    await waiting();
    expect(await door.gauge('skein_devices_waiting')).toBe(1);
    await harness.handle(await document(2));
    expect(await answer).toMatchObject({ code: 200, body: { spec: { os: { image: 'v2' } } } });
    expect(waiters.size).toBe(0);
  });

  it('is waited for before there is a first one', async () => {
    const answer = rendered();
    await waiting();
    await harness.handle(await document(1));
    expect((await answer).code).toBe(200);
  });

  it('is waited for by one device four times at the most: of more requests the oldest get 204', async () => {
    const ended: number[] = [];
    const answers = [];
    for (let number = 0; number < 6; number += 1) {
      const answer: Promise<{ code: unknown; body: object }> =
        number % 2 ? byGrpc() : rendered('0');
      answers.push(answer.finally(() => ended.push(number)));
      await waitFor(() => waiters.size + ended.length === number + 1);
    }
    expect(ended).toEqual([0, 1]);
    await harness.handle(await document(1));
    const said = await Promise.all(answers);
    expect(said.map(({ code }) => code)).toEqual([204, 'OK', 200, 'OK', 200, 'OK']);
    expect(said[1]!.body).toEqual({});
    expect(said[3]!.body).toHaveProperty('device.spec');
  });

  it('comes also when nobody was told of it', async () => {
    const event = await document(1);
    const answer = rendered();
    await waiting();
    const [member] = event.event.data.members;
    await door.postgres.query(
      'update gateway.device_views set rendered_version = 1, rendered_digest = $1, rendered_number = 1',
      [member!.digest],
    );
    await waiters.look();
    expect((await answer).code).toBe(200);
  });

  it('is 204 when nothing came in time, and 404 for a device that there is not', async () => {
    Object.assign(door.app.get(GatewayConfig), { longPollMs: 50 });
    expect((await rendered()).code).toBe(204);
    Object.assign(door.app.get(GatewayConfig), { longPollMs: 240_000 });
    expect((await client('GET', '/api/v1/devices/none/rendered')).code).toBe(404);
    const answer = rendered();
    await waiting();
    await client('DELETE', '/api/v1/devices/d');
    await waiters.look();
    expect((await answer).code).toBe(404);
  });

  it('is waited for no longer when the client went away', async () => {
    const client = new AbortController();
    const answer = rendered(undefined, client.signal).catch(() => 'gone');
    await waiting();
    client.abort();
    expect(await answer).toBe('gone');
    await waiting(0);
  });

  it('wakes all who wait for theirs, with fewer statements than they are', async () => {
    const others = Array.from({ length: 59 }, (_, number) => `d${number}`);
    for (const name of others) await door.call('PUT', `/devices/${name}`, manifest(name));
    const wait = (name: string) => client('GET', `/api/v1/devices/${name}/rendered`);
    const answers = Promise.all(['d', ...others].map(wait));
    await waiting(60);
    const query = jest.spyOn(door.postgres, 'query');
    const scoped = jest.spyOn(OrganisationDatabase.prototype, 'query');
    await harness.handle(await document(1, {}, false, await devices()));
    expect((await answers).map(({ code }) => code)).toEqual(Array.from({ length: 60 }, () => 200));
    expect(query.mock.calls.length + scoped.mock.calls.length).toBeLessThan(60);
    jest.restoreAllMocks();
  });

  it('is 204 for all who wait when the gateway stops', async () => {
    const answers = Promise.all([rendered(), rendered()]);
    await waiting(2);
    await door.app.close();
    expect((await answers).map(({ code }) => code)).toEqual([204, 204]);
    await door.start();
    attach();
  });
});
