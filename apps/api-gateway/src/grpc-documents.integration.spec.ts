import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { deviceSpec, fleetSpec, labels } from '../test/generated-documents.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { device, fleet } from '../test/manifests.js';

/** Folder of the reference documents; without it their manifests are left out. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const { rpc, call, appended } = door;

beforeAll(() => door.open());
afterAll(() => door.close());
beforeEach(() => door.clear());

const plural: Record<string, string> = {
  Device: 'devices',
  Fleet: 'fleets',
  Repository: 'repositories',
};

function manifests(): Loose[] {
  if (!reference) return [];
  const folder = join(reference, 'examples');
  return readdirSync(folder).map((file) =>
    parse(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }),
  );
}

/** Written by REST, read and sent back by gRPC: nothing may have changed. */
async function comesBack(manifest: Loose): Promise<void> {
  const { kind, metadata } = manifest;
  const path = `/${plural[kind]}/${metadata.name}`;
  const put = await call('PUT', path, manifest);
  expect([put.code, put.body.message]).toEqual([expect.any(Number), undefined]);
  const before = await call('GET', path);
  const read = await rpc(`${kind}Service/Get${kind}`, { name: metadata.name });
  expect(read.body[kind.toLowerCase()]).toEqual(before.body);
  await appended();
  const replaced = await rpc(`${kind}Service/Replace${kind}`, read.body);
  expect([replaced.code, replaced.message]).toEqual(['OK', '']);
  expect(await appended()).toEqual([]);
  const after = await call('GET', path);
  expect(after.body).toEqual(before.body);
  expect(after.headers['etag']).toBe(before.headers['etag']);
}

const plain = (value: unknown): Loose => JSON.parse(JSON.stringify(value));

describe('what was written by REST', () => {
  it('is the same by gRPC, and unchanged when it is sent back: manifests', async () => {
    for (const manifest of manifests()) await comesBack(manifest);
  });

  it('is the same by gRPC, and unchanged when it is sent back: devices', async () => {
    await fc.assert(
      fc.asyncProperty(deviceSpec, labels, async (generated, found) => {
        await comesBack(plain(device('d', { spec: generated, metadata: { labels: found } })));
      }),
      { numRuns: 40 },
    );
  });

  it('is the same by gRPC, and unchanged when it is sent back: fleets', async () => {
    await fc.assert(
      fc.asyncProperty(fleetSpec, async (generated) => {
        await comesBack(plain(fleet('f', generated)));
      }),
      { numRuns: 40 },
    );
  });

  it('is read although it was reported in words that are no time', async () => {
    await call('PUT', '/devices/d', device('d'));
    const status = { lastSeen: '2026-W01-1', conditions: [], systemInfo: { a: { b: [null, {}] } } };
    await call('PUT', '/devices/d/status', { ...device('d'), status });
    const { code, body } = await rpc('DeviceService/GetDevice', { name: 'd' });
    expect([code, body.device.status.systemInfo]).toEqual(['OK', status.systemInfo]);
  });
});

describe('an update with a mask', () => {
  const update = (changes: object, ...paths: string[]) =>
    rpc('DeviceService/UpdateDevice', {
      device: { metadata: { name: 'd' }, ...changes },
      updateMask: paths,
    });
  const shown = async () => (await call('GET', '/devices/d')).body;

  beforeEach(async () => {
    const made = { spec: { os: { image: 'a' }, systemd: { matchPatterns: ['x'] } } };
    await call(
      'PUT',
      '/devices/d',
      device('d', { ...made, metadata: { labels: { a: '1', 'b.c/d': '2' } } }),
    );
  });

  it('writes what it names, and nothing else', async () => {
    const { code } = await update({ spec: { os: { image: 'b' }, systemd: {} } }, 'spec.os.image');
    expect(code).toBe('OK');
    const { spec, metadata } = await shown();
    expect(spec).toEqual({ os: { image: 'b' }, systemd: { matchPatterns: ['x'] } });
    expect(metadata.labels).toEqual({ a: '1', 'b.c/d': '2' });
  });

  it('takes away what the message does not have, and makes what is missing on the way', async () => {
    await update({}, 'spec.systemd', 'metadata.labels.`b.c/d`');
    expect((await shown()).spec).toEqual({ os: { image: 'a' } });
    expect((await shown()).metadata.labels).toEqual({ a: '1' });
    const downloadSchedule = { at: '* * * * *', startGraceDuration: '1m' };
    await update(
      { spec: { updatePolicy: { downloadSchedule } } },
      'spec.update_policy.download_schedule',
    );
    expect((await shown()).spec.updatePolicy).toEqual({ downloadSchedule });
    await update({}, 'spec.decommissioning.target');
    expect((await shown()).spec.decommissioning).toBeUndefined();
  });

  it('writes all that clients write with *', async () => {
    await update({ spec: { os: { image: 'c' } } }, '*');
    expect((await shown()).spec).toEqual({ os: { image: 'c' } });
    expect((await shown()).metadata.labels).toEqual({});
  });

  it('keeps what another one wrote meanwhile', async () => {
    await Promise.all([
      update({ metadata: { name: 'd', labels: { x: '1' } } }, 'metadata.labels.x'),
      update({ metadata: { name: 'd', labels: { y: '1' } } }, 'metadata.labels.y'),
      update({ spec: { os: { image: 'z' } } }, 'spec.os'),
    ]);
    const { metadata, spec } = await shown();
    expect(metadata.labels).toMatchObject({ a: '1', x: '1', y: '1' });
    expect(spec.os.image).toBe('z');
  });

  it.each([
    ['spec.none', /^spec\.none: DeviceSpec has no none; it has os, config/],
    ['spec.config.name', /leads into a value/],
    ['status.os', /^status: cannot be patched/],
    ['metadata.generation', /^metadata\.generation: cannot be patched/],
    ['metadata.owner', /^metadata\.owner: cannot be patched/],
    ['kind', /^kind: cannot be patched/],
    ['spec.os`', /must be names/],
  ])('of %s is refused', async (path, message) => {
    const before = await shown();
    const changes = {
      kind: path === 'kind' ? 'Fleet' : 'Device',
      metadata: { name: 'd', generation: 7, owner: 'Fleet/x' },
      spec: { os: {}, config: [{ name: 'a' }] },
      status: { os: { image: 'x' } },
    };
    const { code, message: said } = await update(changes, path);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(said).toMatch(message);
    expect(await shown()).toEqual(before);
  });

  it('of nothing changes nothing, is not for what is not there, and is under conditions', async () => {
    await appended();
    expect((await update({ spec: { os: { image: 'a' } } }, 'spec.os.image')).code).toBe('OK');
    expect(await appended()).toEqual([]);
    const request = { device: { metadata: { name: 'none' } }, updateMask: ['spec'] };
    expect((await rpc('DeviceService/UpdateDevice', request)).code).toBe('NOT_FOUND');
    const stale = { device: { metadata: { name: 'd' } }, updateMask: ['spec'], ifMatch: '"x"' };
    expect((await rpc('DeviceService/UpdateDevice', stale)).code).toBe('FAILED_PRECONDITION');
    const version = { metadata: { name: 'd', resourceVersion: '99' } };
    expect((await update(version, 'metadata.resource_version')).code).toBe('ABORTED');
  });

  it('of a repository keeps its secrets', async () => {
    const spec = { type: 'http', url: 'https://e.example', httpConfig: { token: 't' } };
    await rpc('RepositoryService/CreateRepository', {
      repository: { metadata: { name: 'r' }, spec },
    });
    const changes = { metadata: { name: 'r' }, spec: { validationSuffix: '/x' } };
    const request = { repository: changes, updateMask: ['spec.validation_suffix'] };
    const { body } = await rpc('RepositoryService/UpdateRepository', request);
    expect(body.repository.spec).toMatchObject({
      validationSuffix: '/x',
      httpConfig: { token: '*****' },
    });
  });
});
