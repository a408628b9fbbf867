import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Conformance, jsonClient } from '@skein/testing';
import { parse } from 'yaml';
import { extensions } from '../test/conformance/extensions.js';
import { DoorScene } from '../test/door-scene.js';
import { FuzzClient } from '../test/fuzz/client.js';
import { unsaid } from '../test/fuzz/judge.js';
import { FuzzRun } from '../test/fuzz/run.js';
import { FuzzStage } from '../test/fuzz/stage.js';
import { Tokens } from '../test/tokens.js';

const seed = Number(process.env['SKEIN_FUZZ_SEED'] ?? 1);
const requests = Number(process.env['SKEIN_FUZZ_REQUESTS'] ?? 3_000);

const folder = mkdtempSync(join(tmpdir(), 'skein-fuzz-'));
const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: DEFAULT_ORGANISATION, displayName: 'Own' },
]);
const stage = new FuzzStage(door, tokens);
let client: FuzzClient;
let run: FuzzRun;

/** The document that the gateway follows, if it is there. */
function reference(): Conformance | undefined {
  const place = process.env['SKEIN_REFERENCE_DIR'];
  if (!place) return undefined;
  const text = readFileSync(join(place, 'flightctl-core-v1beta1.openapi.yaml'), 'utf8');
  const statuses = { ...extensions.statuses, ...unsaid.statuses };
  return new Conformance(parse(text, { merge: true, maxAliasCount: -1 }), {
    ...extensions,
    statuses,
  });
}

beforeAll(async () => {
  await stage.open();
  const { port } = door.app.getHttpServer().address() as AddressInfo;
  client = new FuzzClient(port);
  const { body: document } = await door.client('GET', '/docs/openapi.json');
  const own = new Conformance(document, unsaid);
  run = new FuzzRun({ stage, client, documents: { own, reference: reference() }, document, seed });
});
afterAll(async () => {
  client?.close();
  await stage.close();
  rmSync(folder, { recursive: true });
});

it(
  'answers whatever comes as its document says, and forgets nothing that it acknowledged',
  async () => {
    const { operations, faults } = await run.all(requests);
    expect(faults.join('\n\n')).toBe('');
    expect(operations).toBeGreaterThan(60);
    expect(run.unsuccessful()).toEqual([]);
    expect(run.sent).toBeGreaterThanOrEqual(requests);
    expect((await door.client('GET', '/health/live')).code).toBe(200);
    expect(await stage.inconsistencies()).toEqual([]);
  },
  120_000 + requests * 50,
);
