import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  devicesMatched,
  fleetValidated,
  newUid,
  templateVersionCreated,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { fleet } from '../test/manifests.js';
import { WatchScene } from '../test/watch-scene.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, follow, watch, positionOf, put, settle, settled, uidOf } = scene;

beforeAll(() => scene.open());
afterEach(async () => {
  await scene.hangUp();
  await scene.empty('fleets', 'devices');
});
afterAll(() => scene.close());

/** Other services say that the fleet owns these devices. */
const matched = (devices: readonly string[], owner: string | null = null) => {
  const about = { owner, labelsVersion: 1, multipleOwners: [] };
  return scene.say(devicesMatched, org, {
    members: devices.map((one) => ({ device: one, ...about })),
  });
};

describe('a watch with a selection', () => {
  const inLyon = { labelSelector: 'site=lyon' };

  it('tells what comes in and what goes out, and of nothing else', async () => {
    await put('in', { site: 'lyon' });
    await put('out', { site: 'nice' });
    await settled();
    const client = await follow('devices', inLyon);
    await put('out', { site: 'nice', rack: '7' });
    await put('never');
    await call('DELETE', '/devices/never');
    await put('in', { site: 'lyon', rack: '1' });
    await settle();
    await client.until(() => client.told.includes('MODIFIED in'));
    await put('out', { site: 'lyon' });
    await settle();
    await client.until(() => client.known.has('out'));
    await put('in', { site: 'nice' });
    await settle();
    await client.until(() => !client.known.has('in') && client.told.length >= 3);
    await call('DELETE', '/devices/out');
    await settle();
    await client.until(() => client.told.length === 4);
    expect(client.told).toEqual(['MODIFIED in', 'ADDED out', 'DELETED in', 'DELETED out']);
    const moved = client.sent.find(({ object }) => object.metadata.name === 'in' && object.spec);
    expect(moved).toBeUndefined();
  });

  it('tells who goes on of what went out meanwhile', async () => {
    await put('in', { site: 'lyon' });
    await settled();
    const resourceVersion = await positionOf('devices', inLyon);
    await put('in', { site: 'nice' });
    await settled();
    const client = await watch('devices', { ...inLyon, resourceVersion });
    await client.until(() => client.types.includes('BOOKMARK'));
    expect(client.told).toEqual(['DELETED in']);
    expect(client.sent[0]!.object.metadata).toEqual({ name: 'in', labels: { site: 'nice' } });
  });

  it('tells a client of what it knows and the others do not', async () => {
    // The change that brings it in and the one that takes it out are numbered when both clients watch: only the
    // second has it from its list.
    await follow('devices', inLyon);
    await put('short', { site: 'lyon' });
    const resourceVersion = await positionOf('devices', inLyon);
    await put('short', { site: 'nice' });
    const late = await watch('devices', { ...inLyon, resourceVersion });
    await late.until(() => late.types.includes('BOOKMARK'));
    await settle();
    await late.until(() => late.told.length === 1);
    expect(late.told).toEqual(['DELETED short']);
  });

  it('is the same one however it is written, and in any order', async () => {
    const one = await follow('devices', { labelSelector: 'site=lyon,!old' });
    const other = await follow('devices', { labelSelector: '!old, site in (lyon)' });
    await put('a', { site: 'lyon' });
    await settle();
    await one.until(() => one.known.has('a'));
    await other.until(() => other.known.has('a'));
  });
});

describe('a name that is used again', () => {
  it('is not taken away by what is said of the one before', async () => {
    await put('d');
    const old = await uidOf('devices', 'd');
    const client = await follow('devices');
    await call('DELETE', '/devices/d');
    await put('d', { second: 'life' });
    await settle();
    await client.until(() => client.known.get('d')?.metadata.labels.second === 'life');
    await matched([old]);
    await scene.number();
    await scene.deliver(await scene.lastNumber());
    await put('e');
    await settle();
    await client.until(() => client.known.has('e'));
    expect(client.known.has('d')).toBe(true);
  });

  it('is told as gone before it is told as new', async () => {
    await put('d');
    await settled();
    const client = await follow('devices');
    await call('DELETE', '/devices/d');
    await put('d');
    await settle();
    await client.until(() => client.told.includes('ADDED d'));
    expect(client.known.has('d')).toBe(true);
  });
});

describe('what hangs together', () => {
  const version = newUid();
  let uid: string;
  beforeEach(async () => {
    await call('PUT', '/fleets/f', fleet('f'));
    uid = await uidOf('fleets', 'f');
    await settled();
  });
  const mint = async (name: string, id = newUid()) => {
    const data = { name, fleet: uid, generation: 1, spec: {}, frozen: {} };
    await scene.say(templateVersionCreated, id, data);
    await scene.number();
    await scene.deliver(await scene.lastNumber());
    await settle();
  };

  it('the newest template version is told of with its fleet and of all its devices', async () => {
    await scene.device('owned', { owner: uid, status: {} });
    await scene.device('free', { status: {} });
    const [devices, fleets] = [await follow('devices'), await follow('fleets')];
    const versions = await follow('fleets/f/templateversions');
    await mint('f-1', version);
    await versions.until(() => versions.told.includes('ADDED f-1'));
    await devices.until(() => devices.told.length > 0);
    expect(devices.told).toEqual(['MODIFIED owned']);
    expect(devices.known.get('owned')).toEqual((await call('GET', '/devices/owned')).body);
    await fleets.until(() => fleets.known.has('f'));
    expect(fleets.known.get('f')).toEqual((await call('GET', '/fleets/f')).body);
  });

  it('a fleet that goes takes its name from its devices, and ends the watch of its versions', async () => {
    await scene.device('owned', { owner: uid });
    await mint('f-1');
    const [devices, fleets] = [await follow('devices'), await follow('fleets')];
    const versions = await follow('fleets/f/templateversions');
    await call('DELETE', '/fleets/f');
    await settle();
    await fleets.until(() => fleets.told.includes('DELETED f'));
    await devices.until(() => devices.known.has('owned'));
    expect(devices.known.get('owned').metadata.owner).toBeUndefined();
    await versions.until(() => versions.isOver);
    expect(versions.sent.at(-1)).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 404, message: 'Fleet f does not exist' },
    });
  });

  it('a validated fleet is told of', async () => {
    const fleets = await follow('fleets');
    const data = { generation: 1, valid: false, reason: 'Invalid', message: 'an item is broken' };
    await scene.say(fleetValidated, uid, data);
    await scene.number();
    await scene.deliver(await scene.lastNumber());
    await settle();
    await fleets.until(() => fleets.known.get('f')?.status.conditions[0]?.reason === 'Invalid');
  });
});
