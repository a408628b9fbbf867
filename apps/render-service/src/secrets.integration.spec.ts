import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid, type JsonObject } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { encodeBundle } from '@skein/sources';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { filesOf, inline, membersOf, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked } = stage;
const planted = 'the planted secret';
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let device: string, fleet: string, version: string;

let admin: Postgres;

beforeAll(async () => {
  await stage.open();
  admin = await Postgres.open({ url: stage.adminUrl, applicationName: 'test' });
});
beforeEach(async () => {
  ({ outside, harness, scene, make, device, fleet, version } = await stage.renew());
  outside.content = planted;
});
afterAll(async () => {
  await admin?.close();
  await stage.close();
});

const secret = (name: string): JsonObject => ({
  config: [{ name: 'tls', secretRef: { name, namespace: 'edge', mountPath: '/etc/tls' } }],
});

/** Rows of all tables of blobs and of the service, as text and as the bytes that are in them. */
async function dump(): Promise<string> {
  const tables = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('blobs', 'render', 'log')`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await admin.query<object>(`select * from ${name}`);
      return JSON.stringify(rows, (_key, value: unknown) => {
        const bytes = (value as { type?: unknown; data?: number[] } | null) ?? {};
        return bytes.type === 'Buffer' ? Buffer.from(bytes.data ?? []).toString('latin1') : value;
      });
    }),
  );
  return texts.join('\n');
}

describe('a document that holds a secret', () => {
  it('is sealed, and so is what it was made of', async () => {
    await harness.handle(
      make.deviceIs(device, { spec: secret('tls') }),
      make.matched(null, device),
    );
    const events = await worked();
    expect(await filesOf(scene.blobs, events, device)).toEqual({ '/etc/tls/motd': planted });
    const [member] = membersOf(events);
    expect(member!.digest).toMatch(/^hmac-sha256:/);
    const everything = JSON.stringify(events) + (await dump());
    expect(everything).toContain(member!.digest);
    expect(everything).not.toContain(planted);
    expect(everything).not.toContain(Buffer.from(planted).toString('base64'));
  });

  it('is one for all devices that have the same, and has the same digest again', async () => {
    const other = newUid();
    const bundle = encodeBundle([{ path: 'a', mode: 0o644, content: Buffer.from(planted) }]);
    const digest = await scene.blobs.put(org, bundle, true);
    const frozen = { tls: { revision: 'uid/1', digest, size: bundle.length } };
    const later = newUid();
    await harness.handle(
      make.deviceIs(device),
      make.deviceIs(other),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, secret('tls'), frozen),
      make.versionIs(later, fleet, secret('tls'), frozen),
      make.selected(fleet, version, device, other),
    );
    const events = await worked();
    expect(await filesOf(scene.blobs, events, device)).toEqual({ '/etc/tls/a': planted });
    const first = membersOf(events);
    expect(new Set(first.map(({ digest: each }) => each)).size).toBe(1);
    await harness.handle(make.selected(fleet, later, device, other));
    expect(membersOf(await worked())).toEqual(first);
  });

  it('is fetched by the name that the device gives it, once for all that need it', async () => {
    const other = newUid();
    await harness.handle(
      make.deviceIs(device, { labels: { site: 'lyon' } }),
      make.deviceIs(other, { labels: { site: 'lyon' } }),
      make.matched(fleet, device, other),
      make.versionIs(version, fleet, secret('tls-{{ .metadata.labels.site }}')),
      make.selected(fleet, version, device, other),
    );
    const events = await worked();
    expect(membersOf(events)).toHaveLength(2);
    expect(outside.asked).toEqual([{ type: 'secret', org, namespace: 'edge', name: 'tls-lyon' }]);
  });

  it('leaves documents without one as they are', async () => {
    const other = newUid();
    await harness.handle(
      make.deviceIs(device, { spec: secret('tls') }),
      make.deviceIs(other, { spec: inline('no secret') }),
      make.matched(null, device, other),
    );
    const digests = membersOf(await worked()).map((member) => [member.device, member.digest]);
    expect(digests).toContainEqual([device, expect.stringMatching(/^hmac-sha256:/)]);
    expect(digests).toContainEqual([other, expect.stringMatching(/^sha256:/)]);
  });
});
