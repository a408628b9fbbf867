import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import fc from 'fast-check';
import { DoorScene } from '../test/door-scene.js';
import { device, fleet, repository } from '../test/manifests.js';
import { jsonPatch } from './resources/patch/json-patch.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;
const accept = 'application/json-patch+json';
const paths: Record<string, string> = {
  Device: '/devices/n',
  Fleet: '/fleets/n',
  Repository: '/repositories/n',
};

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

const difference = (method: string, path: string, body?: unknown, headers = {}) =>
  call(method, `${path}?dryRun=All`, body, { accept, ...headers });

/** What there is; null for none. */
async function present(path: string): Promise<Loose> {
  const { code, body } = await call('GET', path);
  return code === 404 ? null : body;
}

const patchOf = (before: Loose, after: Loose): Loose =>
  jsonPatch(JSON.parse(JSON.stringify(before)), after);

/** What changes by itself from one write to the next. */
const settled = (resource: Loose) =>
  JSON.parse(
    JSON.stringify(resource, (key, value) =>
      key === 'creationTimestamp' || key === 'lastTransitionTime' ? 'a time' : value,
    ),
  );

const name = fc.constantFrom('a', 'b/c', 'd~e', 'f');
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c/d'), fc.constantFrom('1', '2', ''));
const spec = fc.record(
  {
    os: fc.record({ image: fc.constantFrom('i:1', 'i:2') }),
    config: fc.uniqueArray(
      fc.record({
        name,
        inline: fc.array(fc.record({ path: fc.constantFrom('/a', '/b'), content: fc.string() })),
      }),
      { maxLength: 4, selector: (item) => item.name },
    ),
    applications: fc.array(
      fc.record({
        appType: fc.constant('helm'),
        image: fc.constantFrom('i', 'j'),
        values: fc.dictionary(
          fc.constantFrom('', '/', '~', 'k', '0'),
          fc.jsonValue({ maxDepth: 2 }),
        ),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const secrets = fc.record(
  {
    username: fc.constantFrom('u', 'v'),
    password: fc.constantFrom('one', 'two', '*****'),
    'tls.key': fc.constantFrom('three', 'four', '*****'),
  },
  { requiredKeys: [] },
);
const manifests = fc.oneof(
  fc.tuple(labels, spec).map(([all, own]) => device('n', { metadata: { labels: all }, spec: own })),
  spec.map((own) => fleet('n', { template: { spec: own } })),
  secrets.map((httpConfig) => repository('n', { httpConfig })),
);

it('applied to what is there gives what would be there, for any write', async () => {
  const property = fc.asyncProperty(
    fc.array(manifests, { minLength: 1, maxLength: 4 }),
    async (sequence) => {
      await door.clear();
      for (const manifest of sequence) {
        const path = paths[manifest.kind]!;
        const before = await present(path);
        const { code, body: patch } = await difference('PUT', path, manifest);
        const written = await call('PUT', path, manifest);
        expect(code).toBe(written.code);
        if (code >= 400) continue;
        expect(settled(patchOf(before, patch))).toEqual(settled(written.body));
        expect((await difference('PUT', path, manifest)).body).toEqual([]);
      }
    },
  );
  await fc.assert(property, { numRuns: 20, seed: 7 });
}, 300_000);

describe('the difference that a write would make', () => {
  it('is the whole of what is made, and nothing of what is taken away', async () => {
    const made = await difference('POST', '/devices', device('n'));
    expect(made).toMatchObject({
      code: 201,
      body: [{ op: 'replace', path: '', value: device('n') }],
    });
    expect(made.headers['content-type']).toMatch(/^application\/json-patch\+json/);
    expect((await difference('PUT', '/devices/n', device('n'))).code).toBe(201);
    await call('POST', '/devices', device('n'));
    await appended();
    const gone = await difference('DELETE', '/devices/n');
    expect(gone).toMatchObject({ code: 200, body: [{ op: 'replace', path: '', value: null }] });
    expect(await appended()).toEqual([]);
    expect((await call('GET', '/devices/n')).code).toBe(200);
  });

  it('of a patch is what comes of it', async () => {
    await call('PUT', '/devices/n', device('n', { metadata: { labels: { a: 'b' } } }));
    const headers = { 'content-type': 'application/merge-patch+json' };
    const body = { metadata: { labels: { c: 'd' } } };
    const { body: patch } = await difference('PATCH', '/devices/n', body, headers);
    expect(patch).toEqual([
      { op: 'replace', path: '/metadata/resourceVersion', value: '2' },
      { op: 'add', path: '/metadata/labels/c', value: 'd' },
    ]);
  });

  it('is empty when nothing would change', async () => {
    await call('PUT', '/fleets/n', fleet('n'));
    expect((await difference('PUT', '/fleets/n', fleet('n'))).body).toEqual([]);
    const headers = { 'content-type': 'application/json-patch+json' };
    expect((await difference('PATCH', '/fleets/n', [], headers)).body).toEqual([]);
  });

  it('says that a secret changes, and neither the old nor the new one', async () => {
    const with_ = (httpConfig: object) => repository('n', { httpConfig });
    await call('PUT', '/repositories/n', with_({ username: 'u', password: 'the old one' }));
    const { body } = await difference(
      'PUT',
      '/repositories/n',
      with_({ username: 'u', password: 'new' }),
    );
    expect(body).toContainEqual({
      op: 'replace',
      path: '/spec/httpConfig/password',
      value: '*****',
    });
    expect(JSON.stringify(body)).not.toMatch(/old one|new/);
    for (const password of ['the old one', '*****']) {
      const same = with_({ username: 'u', password });
      expect((await difference('PUT', '/repositories/n', same)).body).toEqual([]);
    }
    const { body: other } = await difference('PUT', '/repositories/n', with_({ token: 'new' }));
    expect(JSON.stringify(other)).not.toMatch(/old one|new/);
    expect(other).toContainEqual({ op: 'add', path: '/spec/httpConfig/token', value: '*****' });
  });

  it('is refused as the write would be, and without a dry run', async () => {
    expect(await difference('PUT', '/devices/n', {})).toMatchObject({
      code: 400,
      body: { kind: 'Status' },
    });
    expect((await difference('DELETE', '/devices/n')).code).toBe(404);
    const written = await call('PUT', '/devices/n', device('n'), { accept });
    expect(written).toMatchObject({
      code: 406,
      body: { message: expect.stringContaining('dryRun=All') },
    });
    expect((await call('GET', '/devices/n')).code).toBe(404);
  });

  it('is not what a client gets that likes JSON better', async () => {
    const liked = `application/json, ${accept};q=0.5`;
    const { body } = await difference('PUT', '/devices/n', device('n'), { accept: liked });
    expect(body.kind).toBe('Device');
  });

  it('of long lists takes no longer than they are', async () => {
    const values = (first: number) =>
      Array.from({ length: 12_000 }, (_, index) => (index + first) % 7);
    const applications = (first: number) => [
      { appType: 'helm', image: 'i', values: { list: values(first) } },
    ];
    await call('PUT', '/devices/n', device('n', { spec: { applications: applications(0) } }));
    const { body } = await difference(
      'PUT',
      '/devices/n',
      device('n', { spec: { applications: applications(1) } }),
    );
    expect(body.length).toBeGreaterThan(10_000);
  });
});
