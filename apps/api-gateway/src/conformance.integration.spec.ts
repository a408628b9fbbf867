import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog } from '@skein/event-log';
import { DEFAULT_ORGANISATION as org, newUid, taskPermanentlyFailed } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { asJsonSchema, jsonClient, type Loose } from '@skein/testing';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { DoorScene } from '../test/door-scene.js';

/** Folder of the reference documents; without it these tests are reported as skipped. */
const reference = process.env['SKEIN_REFERENCE_DIR'];
const plural: Record<string, string> = {
  Device: 'devices',
  Fleet: 'fleets',
  Repository: 'repositories',
};

let ajv: Ajv;

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
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
    expect(faults('EventList', (await call('GET', '/events')).body)).toEqual([]);
    const { body } = await call('GET', '/fleets/default?addDevicesSummary=true');
    expect(faults('Fleet', body)).toEqual([]);
    expect(faults('Status', (await call('DELETE', '/fleets/default')).body)).toEqual([]);
  });

  it('tells of what a service gave up', async () => {
    const subject = newUid();
    const about = { number: 1, event: newUid(), type: 'skein.device.created.v1', kind: 'Device' };
    const data = { ...about, subject, attempts: 11, cause: 'broken' };
    const event = { definition: taskPermanentlyFailed.gateway, org, subject, data };
    await door.app.get(EventLog).commit(async () => ({ events: [event], result: () => undefined }));
    const { adminUrl: url } = door.database;
    const admin = await Postgres.open({ url, applicationName: 'test' });
    await admin.query(
      `insert into log.sequence (sequence, position, type)
       select row_number() over (order by position), position, type from log.events`,
    );
    await admin.close();
    const { body } = await call('GET', '/events');
    expect(faults('EventList', body)).toEqual([]);
    expect(body.items[0].details).toMatchObject({
      detailType: 'InternalTaskPermanentlyFailed',
      errorMessage: 'broken',
      retryCount: 10,
    });
    expect(faults('Event', body.items[0].details.originalEvent)).toEqual([]);
  });

  it('shows a fault when there is one', () => {
    expect(faults('Status', { kind: 'Status' })).not.toEqual([]);
    expect(
      faults('Device', { apiVersion: 'v1beta1', kind: 'Device', metadata: {}, more: 1 }),
    ).not.toEqual([]);
  });
});
