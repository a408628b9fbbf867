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

  it('has times as RFC 3339 has them', async () => {
    await call('PUT', '/devices/d', device('d'));
    for (const lastSeen of ['2026-W01-1', '2026-01-01', '2026-01-01T00:00:00']) {
      const status = { lastSeen, conditions: [] };
      const { code, body } = await call('PUT', '/devices/d/status', { ...device('d'), status });
      expect([code, body.message]).toEqual([400, expect.stringMatching(/^status\.lastSeen: /)]);
    }
  });
});
