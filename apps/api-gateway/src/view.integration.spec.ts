import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DEFAULT_ORGANISATION as org,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  fleetValidated,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  templateVersionCreated,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { startService } from '@skein/service';
import { UNIT_OF_WORK, type UnitOfWork } from '@skein/stream';
import { consumerHarness, jsonClient, type ConsumerHarness, type Place } from '@skein/testing';
import { GatewayConsumer } from './gateway.consumer.js';
import { gateway } from './gateway.options.js';

let database: MigratedDatabase;
let app: NestFastifyApplication;
let postgres: Postgres;
let harness: ConsumerHarness;

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

const client = jsonClient(() => app.getUrl());
const call = (method: string, path: string, body?: unknown) =>
  client(method, `/api/v1${path}`, { body });
const apiVersion = 'flightctl.io/v1beta1';

async function uidOf(table: string, name: string): Promise<string> {
  const [row] = await postgres.query<{ uid: string }>(
    `select uid from gateway.${table} where name = $1`,
    [name],
  );
  return row!.uid;
}

let device: string;
let fleet: string;
const version = newUid();

beforeEach(async () => {
  for (const table of ['fleets', 'devices', 'inbox'])
    await postgres.query(`delete from gateway.${table}`);
  await call('PUT', '/devices/d', { apiVersion, kind: 'Device', metadata: { name: 'd' } });
  await call('PUT', '/fleets/f', {
    apiVersion,
    kind: 'Fleet',
    metadata: { name: 'f' },
    spec: { template: { spec: {} } },
  });
  [device, fleet] = [await uidOf('devices', 'd'), await uidOf('fleets', 'f')];
  harness = consumerHarness({
    postgres,
    consumer: app.get(GatewayConsumer),
    unit: app.get<UnitOfWork>(UNIT_OF_WORK),
  });
  await harness.appended();
});

const matched = (owner: string | null, multipleOwners: string[] = [], place?: Place) => {
  const members = [{ device, owner, labelsVersion: 1, multipleOwners }];
  return harness.event(devicesMatched, org, { members }, place);
};
const minted = (uid = version, name = 'f-1', generation = 1) =>
  harness.event(templateVersionCreated, uid, {
    name,
    fleet,
    generation,
    spec: { config: [] },
    frozen: {},
  });
const selected = (templateVersion = version, place?: Place) => {
  const members = [{ device }];
  return harness.event(
    devicesSelected,
    fleet,
    { fleet, templateVersion, batch: null, members },
    place,
  );
};
const rendered = (renderedVersion: number, templateVersion: string | null, place?: Place) => {
  const members = [{ device, renderedVersion, digest: 'sha256:none', size: 1 }];
  return harness.event(devicesRendered, fleet, { templateVersion, members }, place);
};
const failed = (message: string, place?: Place) =>
  harness.event(
    devicesFailed,
    fleet,
    { templateVersion: version, members: [{ device, message }] },
    place,
  );
const validated = (valid: boolean, generation = 1) =>
  harness.event(fleetValidated, fleet, {
    generation,
    valid,
    reason: valid ? 'Valid' : 'Invalid',
    message: 'm',
  });

const read = async () => (await call('GET', '/devices/d')).body;
const report = (renderedVersion: number, status = 'UpToDate') =>
  call('PUT', '/devices/d/status', {
    ...{ apiVersion, kind: 'Device', metadata: {} },
    status: { config: { renderedVersion: String(renderedVersion) }, updated: { status } },
  });

describe('what the gateway hears', () => {
  it('devices matched: the owner, and who else selects the device', async () => {
    expect(await harness.handle(matched(fleet, ['f', 'g']))).toEqual([]);
    const body = await read();
    expect(body.metadata.owner).toBe('Fleet/f');
    expect(body.status.conditions).toMatchObject([{ type: 'MultipleOwners', status: 'True' }]);
    await harness.handle(matched(null));
    expect((await read()).metadata.owner).toBeUndefined();
  });

  it('template version created: it can be read under its fleet', async () => {
    await harness.handle(minted());
    const { body } = await call('GET', '/fleets/f/templateversions/f-1');
    expect(body).toMatchObject({
      kind: 'TemplateVersion',
      metadata: { owner: 'Fleet/f' },
      spec: { fleet: 'f' },
    });
    expect((await call('GET', '/fleets/f/templateversions')).body.items).toEqual([body]);
    expect((await call('GET', '/fleets/f/templateversions/none')).code).toBe(404);
    expect((await call('GET', '/fleets/none/templateversions')).code).toBe(404);
  });

  it('fleet validated: the condition Valid, with the time of its last change', async () => {
    await harness.handle(validated(false));
    const condition = async () => (await call('GET', '/fleets/f')).body.status.conditions[0];
    expect(await condition()).toMatchObject({
      type: 'Valid',
      status: 'False',
      message: 'm',
      observedGeneration: 1,
    });
    await harness.handle(validated(true));
    expect(await condition()).toMatchObject({
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:00.000Z',
    });
  });

  it('rollout started and completed: the condition RolloutInProgress', async () => {
    const templateVersion = version;
    const started = harness.event(rolloutStarted, newUid(), {
      fleet,
      templateVersion,
      strategy: 'Immediate',
    });
    await harness.handle(minted(), started);
    const condition = async () => (await call('GET', '/fleets/f')).body.status.conditions[0];
    expect(await condition()).toMatchObject({ type: 'RolloutInProgress', status: 'True' });
    await harness.handle(harness.event(rolloutCompleted, newUid(), { fleet, templateVersion }));
    expect(await condition()).toMatchObject({
      status: 'False',
      message: 'template version f-1 was rolled out',
    });
  });

  it('devices selected and rendered: the annotations, and whether the device is up to date', async () => {
    const updated = async () => (await read()).status.updated.status;
    await harness.handle(matched(fleet), minted(), selected());
    expect((await read()).metadata.annotations).toEqual({
      'fleet-controller/templateVersion': 'f-1',
    });
    expect(await updated()).toBe('Unknown');
    await harness.handle(rendered(1, version));
    await report(0, 'Updating');
    expect(await updated()).toBe('Updating');
    await report(1);
    expect(await updated()).toBe('UpToDate');
    const annotations = {
      'fleet-controller/templateVersion': 'f-1',
      'device-controller/renderedVersion': '1',
    };
    expect((await read()).metadata.annotations).toEqual(annotations);
    const next = newUid();
    await harness.handle(minted(next, 'f-2', 2));
    expect(await updated()).toBe('OutOfDate');
    await harness.handle(selected(next), rendered(1, next));
    expect(await updated()).toBe('UpToDate');
  });

  it('devices failed: why, until they are rendered', async () => {
    await harness.handle(rendered(1, null), failed('no such parameter'));
    expect((await read()).status.updated.info).toBe('no such parameter');
    expect((await read()).status.conditions).toMatchObject([
      { type: 'SpecValid', status: 'False' },
    ]);
    await harness.handle(rendered(2, null));
    expect((await read()).status.conditions).toEqual([]);
  });

  it('counts the devices of a fleet when asked', async () => {
    await harness.handle(matched(fleet), rendered(1, null));
    await report(1);
    const { body } = await call('GET', '/fleets/f?addDevicesSummary=true');
    const counts = { total: 1, updateStatus: { UpToDate: 1 }, summaryStatus: { Unknown: 1 } };
    expect(body.status.devicesSummary).toMatchObject(counts);
    expect((await call('GET', '/fleets/f')).body.status.devicesSummary).toBeUndefined();
  });
});
