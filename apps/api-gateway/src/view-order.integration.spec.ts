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

describe('repeats, disorder and deletion', () => {
  it('a batch that is handled twice has no second effect', async () => {
    const batch = [matched(fleet), minted(), selected(), rendered(1, version)];
    await harness.handle(...batch);
    const first = await read();
    await harness.handle(...batch);
    expect(await read()).toEqual(first);
  });

  it('an older event that arrives later loses no other aspect and wins none', async () => {
    const [owner, failure, document] = [matched(fleet), failed('late'), rendered(2, null)];
    await harness.handle(harness.event(devicesMatched, org, matched(null).event.data));
    await harness.handle(document);
    await harness.handle(failure, owner);
    const body = await read();
    expect(body.metadata.owner).toBeUndefined();
    expect(body.metadata.annotations['device-controller/renderedVersion']).toBe('2');
    expect(body.status.conditions).toEqual([]);
  });

  it('of two words about a device in one batch the last one counts', async () => {
    await harness.handle(matched(fleet), matched(null));
    expect((await read()).metadata.owner).toBeUndefined();
    await harness.handle(rendered(1, null), rendered(2, null));
    expect((await read()).metadata.annotations['device-controller/renderedVersion']).toBe('2');
  });

  it('what is heard of a deleted device or fleet is ignored', async () => {
    await harness.handle(matched(fleet), minted(), selected());
    await call('DELETE', '/fleets/f');
    expect((await read()).metadata).toMatchObject({ annotations: {} });
    expect((await read()).metadata.owner).toBeUndefined();
    await call('DELETE', '/devices/d');
    await harness.handle(
      matched(fleet),
      minted(newUid()),
      selected(),
      rendered(1, version),
      validated(true),
    );
    const counts = await postgres.query(
      `select (select count(*) from gateway.template_versions) as versions,
              (select count(*) from gateway.device_views) as views`,
    );
    expect(counts).toEqual([{ versions: 0, views: 0 }]);
    expect((await call('GET', '/devices/d')).code).toBe(404);
  });
});
