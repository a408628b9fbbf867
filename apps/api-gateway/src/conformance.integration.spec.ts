import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { parse } from 'yaml';
import { ownReasons } from '../test/conformance/extensions.js';
import { EventScene } from '../test/event-scene.js';
import { fleet } from '../test/manifests.js';

/** Folder of the reference documents; without it these tests are reported as skipped. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const plural: Record<string, string> = {
  Device: 'devices',
  Fleet: 'fleets',
  Repository: 'repositories',
};

const door = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call } = door;

function manifests(): Loose[] {
  const folder = join(reference!, 'examples');
  // As Flight Control's users write them: 0644 is a number, in the YAML of their tools an octal one.
  return readdirSync(folder).map((file) =>
    parse(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }),
  );
}

function reasonsOfTheDocument(): string[] {
  const text = readFileSync(join(reference!, 'flightctl-core-v1beta1.openapi.yaml'), 'utf8');
  const { components } = parse(text, { merge: true, maxAliasCount: -1 });
  return components.schemas.Event.properties.reason.enum;
}

/** A manifest as it is read: its secrets are masked. */
const shown = (manifest: Loose): Loose =>
  JSON.parse(JSON.stringify(manifest).replace('"mypassword"', '"*****"'));

/** All that a manifest says is there, and no label or part of the spec that it does not say. */
function expectSaid(body: Loose, manifest: Loose): void {
  const { metadata, spec } = shown(manifest);
  expect(body.metadata).toMatchObject(metadata);
  expect(body.metadata.labels).toEqual(metadata.labels ?? {});
  expect(body.spec ?? null).toEqual(spec ?? null);
}

/** A sample of every event that there is. */
function goldenEvents(): Loose[] {
  const folder = new URL('../../../libs/events/src/golden/', import.meta.url);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}

/** The uids of the devices and fleets that events are about or name. */
function thingsIn(events: Loose[]): { devices: Set<string>; fleets: Set<string> } {
  const ofKind = (kind: string) =>
    events.filter((event) => event.kind === kind).map(({ subject }) => subject);
  const members = events.flatMap(({ data }) => data.members ?? []);
  const devices = new Set<string>([...ofKind('Device'), ...members.map(({ device }) => device)]);
  const fleets = events.map(({ data }) => data.fleet).filter((fleet) => fleet !== undefined);
  return { devices, fleets: new Set<string>([...ofKind('Fleet'), ...fleets]) };
}

const suite = reference ? describe : describe.skip;

/** Each answer is held against the document as it is in all specs: test/conformance. */
suite('conformance with the reference document', () => {
  beforeAll(() => door.open());
  afterAll(() => door.close());

  it('takes the example manifests unchanged, and gives them back', async () => {
    expect(manifests()).toHaveLength(5);
    for (const manifest of manifests()) {
      const path = `/${plural[manifest.kind]}`;
      const named = `${path}/${manifest.metadata.name}`;
      expect((await call('POST', path, manifest)).code).toBe(201);
      expectSaid((await call('GET', named)).body, manifest);
      await call('DELETE', named);
      expect((await call('PUT', named, manifest)).code).toBe(201);
      const again = await call('PUT', named, manifest);
      expect(again.code).toBe(200);
      expect(again.body.metadata.generation).toBe(1);
      expectSaid(again.body, manifest);
    }
  });

  it('takes the example manifests as patches, away and back', async () => {
    const headers = { 'content-type': 'application/json-patch+json' };
    for (const manifest of manifests()) {
      const path = `/${plural[manifest.kind]}/${manifest.metadata.name}`;
      const { body: before } = await call('GET', path);
      const other = {
        ...before.spec,
        ...(manifest.kind === 'Fleet' && { template: { spec: {} } }),
      };
      const away = [
        { op: 'test', path: '/metadata/name', value: manifest.metadata.name },
        { op: 'add', path: '/metadata/labels', value: { away: 'yes' } },
        { op: before.spec ? 'replace' : 'add', path: '/spec', value: other },
      ];
      const back = [
        { op: 'remove', path: '/metadata/labels/away' },
        { op: 'replace', path: '/metadata/labels', value: manifest.metadata.labels ?? {} },
        manifest.spec
          ? { op: 'replace', path: '/spec', value: manifest.spec }
          : { op: 'remove', path: '/spec' },
      ];
      const [gone, came] = [
        await call('PATCH', path, away, headers),
        await call('PATCH', path, back, headers),
      ];
      expect([gone.code, came.code]).toEqual([200, 200]);
      expect(gone.body.metadata.labels).toEqual({ away: 'yes' });
      expectSaid(came.body, manifest);
    }
  });

  it('answers lists, states and errors as the document says', async () => {
    for (const path of Object.values(plural)) {
      expect((await call('GET', `/${path}?limit=1`)).body.items).toHaveLength(1);
      expect((await call('GET', `/${path}/none`)).code).toBe(404);
      expect((await call('POST', `/${path}`, {})).code).toBe(400);
    }
    const query = 'addDevicesSummary=true';
    expect((await call('GET', `/fleets/default?${query}`)).body.status.devicesSummary.total).toBe(
      0,
    );
  });

  it('takes what Skein has beyond the document, and shows it', async () => {
    const sequence = [{ limit: 1, approval: 'Manual' }];
    const rolloutPolicy = {
      approval: 'Automatic',
      errorThreshold: '10%',
      defaultUpdateTimeout: '1h30m',
      deviceSelection: { strategy: 'BatchSequence', sequence },
    };
    const manifest = fleet('beyond', { rolloutPolicy });
    expect((await call('PUT', '/fleets/beyond', manifest)).body.spec).toEqual(manifest.spec);
  });

  it('tells events of every type as the document says', async () => {
    const samples = goldenEvents();
    expect(samples.length).toBeGreaterThan(30);
    const { devices, fleets } = thingsIn(samples);
    for (const uid of devices) await door.named('Device', `device-${uid}`, { uid });
    for (const uid of fleets) await door.named('Fleet', `fleet-${uid}`, { uid });
    for (const sample of samples) await door.repeat(sample);
    await door.number();
    const told = [...(await door.list({ limit: 1_000 })).items];
    for (const uid of devices) told.push(...(await door.history('Device', `device-${uid}`)));
    for (const uid of fleets) told.push(...(await door.history('Fleet', `fleet-${uid}`)));
    const known = reasonsOfTheDocument();
    const reasons = new Set(told.map(({ reason }) => reason));
    expect([...reasons].filter((reason) => !known.includes(reason)).sort()).toEqual(ownReasons);
    expect(reasons.size).toBeGreaterThan(20);
  });
});
