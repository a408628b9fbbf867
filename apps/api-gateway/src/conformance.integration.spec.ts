import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { asJsonSchema, jsonClient, type Loose } from '@skein/testing';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { EventScene } from '../test/event-scene.js';

/** Folder of the reference documents; without it these tests are reported as skipped. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const plural: Record<string, string> = {
  Device: 'devices',
  Fleet: 'fleets',
  Repository: 'repositories',
};

let ajv: Ajv;

const door = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call } = door;

/** What is wrong with a value, by a schema of the document. */
function faults(schema: string, value: unknown): unknown {
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`)!;
  return validate(value) ? [] : validate.errors;
}

function manifests(): Loose[] {
  const folder = join(reference!, 'examples');
  // As Flight Control's users write them: 0644 is a number, in the YAML of their tools an octal one.
  return readdirSync(folder).map((file) =>
    parse(readFileSync(join(folder, file), 'utf8'), { version: '1.1' }),
  );
}

function readDocument(): void {
  const text = readFileSync(join(reference!, 'flightctl-core-v1beta1.openapi.yaml'), 'utf8');
  ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  formats.default(ajv);
  ajv.addSchema({
    ...asJsonSchema(parse(text, { merge: true, maxAliasCount: -1 })),
    $id: 'openapi',
  });
}

const reasonSchema = (): Loose =>
  (ajv.getSchema('openapi#/components/schemas/Event')!.schema as Loose).properties.reason;

/** Reasons that Skein has and the document has not: those of `docs/events.md`. */
const ownReasons = [
  'DeviceMatched',
  'DeviceRendered',
  'DeviceStatusReported',
  'DeviceTokenChanged',
  'DispatchingFrozen',
  'FleetRolloutApproved',
  'FleetRolloutRequested',
  'FleetRolloutSuperseded',
  'FleetRolloutWaiting',
  'FleetTemplateVersionCreated',
  'InternalTaskHandledLate',
  'ReferencedSecretUpdated',
  'RepositoryPushReported',
];

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

suite('conformance with the reference document', () => {
  beforeAll(async () => {
    readDocument();
    await door.open();
  });
  afterAll(() => door.close());

  it('takes the example manifests unchanged, and gives them back', async () => {
    expect(manifests()).toHaveLength(5);
    for (const manifest of manifests()) {
      const path = `/${plural[manifest.kind]}/${manifest.metadata.name}`;
      const applied = await call('PUT', path, manifest);
      expect(applied.code).toBe(201);
      expect(faults(manifest.kind, applied.body)).toEqual([]);
      expect((await call('PUT', path, manifest)).code).toBe(200);
      const { body } = await call('GET', path);
      expect(body.metadata).toMatchObject(manifest.metadata);
      const masked = JSON.parse(
        JSON.stringify(manifest.spec ?? null).replace('"mypassword"', '"*****"'),
      );
      expect(body.spec ?? null).toEqual(masked);
    }
  });

  it('answers lists, states and errors as the document says', async () => {
    for (const [kind, path] of Object.entries(plural)) {
      const { body } = await call('GET', `/${path}?limit=1`);
      expect(body.items).toHaveLength(1);
      expect(faults(`${kind}List`, body)).toEqual([]);
      expect(faults('Status', (await call('GET', `/${path}/none`)).body)).toEqual([]);
      expect(faults('Status', (await call('POST', `/${path}`, {})).body)).toEqual([]);
    }
    for (const query of [
      'labelSelector=!none',
      'fieldSelector=metadata.name',
      'summaryOnly=true',
    ]) {
      const { body } = await call('GET', `/devices?${query}`);
      expect(faults('DeviceList', body)).toEqual([]);
      expect(body.items.length > 0).toBe(body.summary === undefined);
    }
    expect(faults('EventList', (await call('GET', '/events')).body)).toEqual([]);
    const { body } = await call('GET', '/fleets/default?addDevicesSummary=true');
    expect(faults('Fleet', body)).toEqual([]);
    expect(faults('Status', (await call('DELETE', '/fleets/default')).body)).toEqual([]);
  });

  it('takes patches that the document allows, and answers them as it says', async () => {
    const headers = { 'content-type': 'application/json-patch+json' };
    const patch = [
      { op: 'test', path: '/metadata/name', value: 'patched' },
      { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
      { op: 'replace', path: '/metadata/labels/a', value: 'c' },
      { op: 'remove', path: '/metadata/labels/a' },
    ];
    expect(faults('PatchRequest', patch)).toEqual([]);
    expect(faults('PatchRequest', [{ op: 'move', path: '/a', from: '/b' }])).not.toEqual([]);
    for (const manifest of manifests()) {
      const path = `/${plural[manifest.kind]}/patched`;
      await call('PUT', path, { ...manifest, metadata: { name: 'patched' } });
      const patched = await call('PATCH', path, patch, headers);
      expect({ code: patched.code, faults: faults(manifest.kind, patched.body) }).toEqual({
        code: 200,
        faults: [],
      });
      expect(faults('Status', (await call('PATCH', path, [{}], headers)).body)).toEqual([]);
      await call('DELETE', path);
    }
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
    const { enum: known } = reasonSchema();
    for (const event of told) {
      // A reason of Skein's own stands for any other one: all else must be as the document says.
      const reason = known.includes(event.reason) ? event.reason : 'ResourceUpdated';
      expect({ event, faults: faults('Event', { ...event, reason }) }).toEqual({
        event,
        faults: [],
      });
    }
    const reasons = new Set(told.map(({ reason }) => reason));
    expect([...reasons].filter((reason) => !known.includes(reason)).sort()).toEqual(ownReasons);
    expect(reasons.size).toBeGreaterThan(20);
    const failure = told.find(({ reason }) => reason === 'InternalTaskPermanentlyFailed');
    expect(faults('Event', failure.details.originalEvent)).toEqual([]);
  });

  it('shows a fault when there is one', () => {
    expect(faults('Status', { kind: 'Status' })).not.toEqual([]);
    expect(
      faults('Device', { apiVersion: 'v1beta1', kind: 'Device', metadata: {}, more: 1 }),
    ).not.toEqual([]);
  });
});
