import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Sealer } from '@skein/blobs';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device, fleet, repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';

const byJsonPatch = (path: string, patch: unknown, headers: Record<string, string> = {}) =>
  call('PATCH', path, patch, { 'content-type': JSON_PATCH, ...headers });
const byMergePatch = (path: string, patch: unknown) =>
  call('PATCH', path, patch, { 'content-type': MERGE_PATCH });

describe('a patch', () => {
  it.each([
    [
      'devices',
      device('a', { spec: { os: { image: 'one' } } }),
      { os: { image: 'two' } },
      { path: '/spec/os/image', value: 'two' },
    ],
    [
      'fleets',
      fleet('a'),
      { template: { spec: { os: { image: 'two' } } } },
      { path: '/spec/template/spec/os', value: { image: 'two' } },
    ],
    [
      'repositories',
      repository('a'),
      { url: 'https://example.com/two.git' },
      { path: '/spec/url', value: 'https://example.com/two.git' },
    ],
  ])('of %s does what a PUT of the result does', async (kind, first, spec, added) => {
    await call('PUT', `/${kind}/a`, first);
    await appended();
    const merged = await byMergePatch(`/${kind}/a`, { metadata: { labels: { x: 'y' } }, spec });
    expect(merged).toMatchObject({
      code: 200,
      body: { metadata: { labels: { x: 'y' }, generation: 2 }, spec },
      headers: { etag: expect.any(String) },
    });
    expect((await appended()).length).toBeGreaterThan(0);
    await call('PUT', `/${kind}/a`, first);
    const patched = await byJsonPatch(`/${kind}/a`, [{ op: 'add', ...added }]);
    expect(patched).toMatchObject({ code: 200, body: { spec } });
    expect((await call('GET', `/${kind}/a`)).body).toEqual(patched.body);
    await appended();
    expect((await byJsonPatch(`/${kind}/a`, [])).body).toEqual(patched.body);
    expect(await appended()).toEqual([]);
  });

  it('leaves the secrets of a repository that it does not touch', async () => {
    const httpConfig = { username: 'u', password: 'p', token: 't' };
    await call('PUT', '/repositories/a', repository('a', { httpConfig }));
    await byMergePatch('/repositories/a', { spec: { url: 'https://example.com/s.git' } });
    const changed = [{ op: 'replace', path: '/spec/httpConfig/token', value: 'new' }];
    const { body } = await byJsonPatch('/repositories/a', changed);
    expect(body.spec.httpConfig).toEqual({ username: 'u', password: '*****', token: '*****' });
    expect(await credentials()).toEqual({ username: 'u', password: 'p', token: 'new' });
    const elsewhere = await byMergePatch('/repositories/a', {
      spec: { url: 'https://example.net/' },
    });
    expect(elsewhere).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('masked') },
    });
  });

  it('touches neither status nor what services write', async () => {
    await call('PUT', '/devices/a', device('a'));
    await appended();
    for (const patch of [
      { status: null },
      { status: { summary: { status: 'Online' } } },
      { metadata: { name: 'b' } },
      { metadata: { generation: 9 } },
      { metadata: { creationTimestamp: null } },
      { metadata: { owner: 'Fleet/f' } },
      { metadata: { annotations: { a: 'b' } } },
      { kind: 'Fleet' },
      { apiVersion: 'v1' },
    ]) {
      const { code, body } = await byMergePatch('/devices/a', patch);
      expect({ patch, code }).toEqual({ patch, code: 400 });
      expect(body.message).toContain(': cannot be patched');
    }
    expect(await appended()).toEqual([]);
    const stale = await byMergePatch('/devices/a', { metadata: { resourceVersion: '9' } });
    expect(stale.code).toBe(409);
  });

  it('makes no resource that a PUT could not make', async () => {
    await call('PUT', '/devices/a', device('a'));
    for (const [patch, part] of [
      [{ metadata: { labels: { 'a b': 'c' } } }, 'metadata.labels: '],
      [{ spec: { os: { picture: 'x' } } }, 'spec.os.picture: '],
      [{ more: 1 }, 'more: is not known here'],
      [[], 'the body must be a JSON object'],
      [{ metadata: null }, 'metadata: '],
      [{ spec: 'x' }, 'spec: '],
    ] as const) {
      const { code, body } = await byMergePatch('/devices/a', patch);
      expect({ patch, code }).toEqual({ patch, code: 400 });
      expect(body.message).toContain(part);
    }
    const large = { spec: { os: { image: 'x'.repeat(70_000) } } };
    expect((await byMergePatch('/devices/a', large)).code).toBe(413);
    expect((await byMergePatch('/devices/none', {})).code).toBe(404);
  });

  it('says which operation failed, and changes nothing then', async () => {
    await call('PUT', '/devices/a', device('a', { metadata: { labels: { x: 'y' } } }));
    await appended();
    const first = { op: 'remove', path: '/metadata/labels/x' };
    const lost = await byJsonPatch('/devices/a', [first, { op: 'remove', path: '/spec/os' }]);
    expect(lost).toMatchObject({ code: 400, body: { reason: 'BadRequest' } });
    expect(lost.body.message).toBe('operation 1 (remove /spec/os): there is no such path');
    const failed = [first, { op: 'test', path: '/kind', value: 'Fleet' }];
    expect(await byJsonPatch('/devices/a', failed)).toMatchObject({ code: 409 });
    expect((await byJsonPatch('/devices/a', [first], { 'if-match': '"x"' })).code).toBe(412);
    expect(await appended()).toEqual([]);
  });
});

describe('patches that mean harm', () => {
  const deep = (depth: number, inner: string) => '{"a":'.repeat(depth) + inner + '}'.repeat(depth);
  it.each([
    ['a prototype', MERGE_PATCH, '{"metadata":{"labels":{"__proto__":{"x":"y"}}}}'],
    ['a constructor', MERGE_PATCH, '{"spec":{"constructor":{"prototype":{"x":"y"}}}}'],
    ['a prototype by pointer', JSON_PATCH, '[{"op":"add","path":"/__proto__/x","value":1}]'],
    [
      'a constructor by pointer',
      JSON_PATCH,
      '[{"op":"add","path":"/constructor/prototype/x","value":1}]',
    ],
    ['a deep object', MERGE_PATCH, deep(100_000, '1')],
    ['a deep value', JSON_PATCH, `[{"op":"add","path":"/spec","value":${deep(50_000, '1')}}]`],
    ['a deep test', JSON_PATCH, `[{"op":"test","path":"/spec","value":${deep(50_000, '1')}}]`],
    [
      'a huge index',
      JSON_PATCH,
      '[{"op":"add","path":"/status/conditions/4294967294","value":{}}]',
    ],
    ['a long pointer', JSON_PATCH, `[{"op":"remove","path":"${'/a'.repeat(50_000)}"}]`],
    ['NUL', MERGE_PATCH, '{"metadata":{"labels":{"a":"\\u0000"}}}'],
    ['no JSON', MERGE_PATCH, '{'],
    ['nothing', MERGE_PATCH, ''],
  ])('%s', async (_what, type, body) => {
    await call('PUT', '/devices/a', device('a', { spec: { os: { image: 'one' } } }));
    await appended();
    const answer = await call('PATCH', '/devices/a', body, { 'content-type': type });
    expect(answer).toMatchObject({ code: 400, body: { kind: 'Status' } });
    expect(({} as Loose).x).toBeUndefined();
    expect(await appended()).toEqual([]);
  });

  it('other media types are refused, and those of patches elsewhere', async () => {
    for (const type of ['application/json', 'text/plain', 'application/json-patch+jsonx']) {
      const answer = await call('PATCH', '/fleets/a', '{}', { 'content-type': type });
      expect(answer).toMatchObject({
        code: 415,
        body: { reason: 'UnsupportedMediaType' },
        headers: { 'accept-patch': `${JSON_PATCH}, ${MERGE_PATCH}` },
      });
    }
    const put = await call('PUT', '/devices/a', device('a'), { 'content-type': MERGE_PATCH });
    expect(put.code).toBe(415);
    expect((await byMergePatch('/nothing', {})).code).toBe(404);
    const spelled = { 'content-type': 'Application/Merge-Patch+JSON; charset=utf-8' };
    await call('PUT', '/devices/a', device('a'));
    expect((await call('PATCH', '/devices/a', '{}', spelled)).code).toBe(200);
  });
});

describe('the page of the API', () => {
  it.each(['devices', 'fleets', 'repositories'])('says how %s are written', async (kind) => {
    const { body } = await door.client('GET', '/docs/openapi.json');
    const [one, all] = [body.paths[`/api/v1/${kind}/{name}`], body.paths[`/api/v1/${kind}`]];
    const parameters = ({ parameters }: Loose) => parameters.map(({ name }: Loose) => name);
    expect(Object.keys(one.patch.requestBody.content)).toEqual([JSON_PATCH, MERGE_PATCH]);
    expect(Object.keys(one.patch.responses).sort()).toEqual([
      '200',
      '400',
      '404',
      '409',
      '412',
      '415',
    ]);
    for (const method of ['put', 'patch', 'delete']) {
      expect(parameters(one[method])).toEqual(expect.arrayContaining(['If-Match', 'dryRun']));
      expect(one[method].responses).toHaveProperty('412');
    }
    expect(parameters(one.get)).toContain('If-None-Match');
    expect(parameters(all.post)).toEqual(expect.arrayContaining(['Idempotency-Key', 'dryRun']));
    expect(all.post.responses).toHaveProperty('422');
  });
});

describe('patches at once', () => {
  it('are all kept, each as a change of its own', async () => {
    await call('PUT', '/devices/a', device('a', { metadata: { labels: { x: 'y' } } }));
    await appended();
    const numbers = Array.from({ length: 12 }, (_, n) => `n${n}`);
    const answers = await Promise.all(
      numbers.map((n) =>
        byJsonPatch('/devices/a', [{ op: 'add', path: `/metadata/labels/${n}`, value: n }]),
      ),
    );
    expect(answers.map(({ code }) => code)).toEqual(numbers.map(() => 200));
    const { labels } = (await call('GET', '/devices/a')).body.metadata;
    expect(labels).toEqual({ x: 'y', ...Object.fromEntries(numbers.map((n) => [n, n])) });
    expect(typesOf(await appended())).toEqual(numbers.map(() => 'device.labels-updated'));
  });

  it('on the same state: one wins, and the others hear of it', async () => {
    await call('PUT', '/devices/a', device('a'));
    const headers = { 'if-match': (await call('GET', '/devices/a')).headers['etag']! };
    const patch = (n: number) => [{ op: 'add', path: '/metadata/labels', value: { n: `${n}` } }];
    const answers = await Promise.all(
      [0, 1, 2, 3].map((n) => byJsonPatch('/devices/a', patch(n), headers)),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 412, 412, 412]);
    const [winner] = answers.filter(({ code }) => code === 200);
    expect((await call('GET', '/devices/a')).body.metadata.labels).toEqual(
      winner!.body.metadata.labels,
    );
  });
});

/** What is sealed for the only repository. */
async function credentials(): Promise<unknown> {
  const [row] = await door.postgres.query<Loose>(
    `select r.uid, s.key_id as "keyId", s.nonce, s.ciphertext from gateway.repositories r
     join blobs.sealed s on s.org = r.org and s.id = r.credentials`,
  );
  return JSON.parse(door.app.get(Sealer).open({ org, uid: row.uid }, row).toString());
}
