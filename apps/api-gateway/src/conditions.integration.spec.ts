import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device, fleet, repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

const tagOf = async (path: string) => (await call('GET', path)).headers['etag']!;

const kinds = [
  ['/devices/a', device('a'), device('a', { metadata: { labels: { b: 'c' } } })],
  ['/fleets/a', fleet('a'), { ...fleet('a'), metadata: { name: 'a', labels: { b: 'c' } } }],
  ['/repositories/a', repository('a'), repository('a', { url: 'https://example.com/s.git' })],
] as const;

/** With the members of every object in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([key, member]) => [key, backwards(member)]));
}

describe.each(kinds)('the ETag of %s', (path, first, second) => {
  it('is the same on writes and reads, and changes with the resource', async () => {
    const written = (await call('PUT', path, first)).headers['etag'];
    expect(written).toMatch(/^"1\.[0-9a-f]{16}-[0-9a-f]{16}"$/);
    expect(await tagOf(path)).toBe(written);
    expect((await call('PUT', path, first)).headers['etag']).toBe(written);
    const { headers } = await call('PUT', path, second);
    expect(headers['etag']).not.toBe(written);
    expect(await tagOf(path)).toBe(headers['etag']);
  });

  it('is that of what is stored, in whatever order it is sent', async () => {
    const written = (await call('PUT', path, second)).headers['etag'];
    const { headers } = await call('PUT', path, backwards(second));
    expect(headers['etag']).toBe(written);
    expect(await tagOf(path)).toBe(written);
  });

  it('spares a read what the client has', async () => {
    await call('PUT', path, first);
    const tag = await tagOf(path);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const answer = await call('GET', path, undefined, { 'if-none-match': known });
      expect(answer).toMatchObject({ code: 304, body: { text: '' }, headers: { etag: tag } });
    }
    await call('PUT', path, second);
    expect((await call('GET', path, undefined, { 'if-none-match': tag })).code).toBe(200);
  });

  it('guards writes', async () => {
    await call('PUT', path, first);
    const tag = await tagOf(path);
    const stale = { 'if-match': tag };
    expect((await call('PUT', path, second, stale)).code).toBe(200);
    await appended();
    const refused = await call('PUT', path, first, stale);
    expect(refused).toMatchObject({ code: 412, body: { reason: 'PreconditionFailed' } });
    expect((await call('DELETE', path, undefined, stale)).code).toBe(412);
    for (const other of ['"x"', 'x', '', `W/${await tagOf(path)}`]) {
      expect((await call('PUT', path, first, { 'if-match': other })).code).toBe(412);
    }
    expect(await appended()).toEqual([]);
    const fresh = { 'if-match': `"x", ${await tagOf(path)}` };
    expect((await call('DELETE', path, undefined, fresh)).code).toBe(200);
  });

  it('of one that was made anew is another', async () => {
    await call('PUT', path, first);
    const tag = await tagOf(path);
    await call('DELETE', path);
    await call('PUT', path, first);
    expect((await call('PUT', path, second, { 'if-match': tag })).code).toBe(412);
  });
});

describe('an ETag', () => {
  it('is that of one resource: neither a list nor an error has one', async () => {
    await call('PUT', '/devices/a', device('a'));
    expect((await call('GET', '/devices')).headers).not.toHaveProperty('etag');
    expect((await call('GET', '/devices/none')).headers).not.toHaveProperty('etag');
    expect((await call('DELETE', '/devices/a')).headers).not.toHaveProperty('etag');
  });

  it('of a fleet with its summary is another', async () => {
    await call('PUT', '/fleets/a', fleet('a'));
    const [plain, summed] = [
      await tagOf('/fleets/a'),
      await tagOf('/fleets/a?addDevicesSummary=true'),
    ];
    expect(summed).not.toBe(plain);
    expect((await call('PUT', '/fleets/a', fleet('a'), { 'if-match': summed })).code).toBe(200);
  });
});

describe('conditions', () => {
  it('see a secret that changes behind its mask', async () => {
    const secret = (password: string) => repository('a', { httpConfig: { password } });
    await call('PUT', '/repositories/a', secret('one'));
    const headers = { 'if-match': await tagOf('/repositories/a') };
    expect((await call('PUT', '/repositories/a', secret('two'), headers)).code).toBe(200);
    expect((await call('PUT', '/repositories/a', secret('three'), headers)).code).toBe(412);
  });

  it('on being there, and on not being there', async () => {
    const [any, none] = [{ 'if-match': '*' }, { 'if-none-match': '*' }];
    expect((await call('PUT', '/devices/a', device('a'), any)).code).toBe(412);
    expect((await call('DELETE', '/devices/a', undefined, any)).code).toBe(404);
    expect((await call('PUT', '/devices/a', device('a'), none)).code).toBe(201);
    expect((await call('PUT', '/devices/a', device('a'), none)).code).toBe(412);
    expect((await call('PUT', '/devices/a', device('a'), any)).code).toBe(200);
  });

  it('let just one of many at once through', async () => {
    await call('PUT', '/devices/a', device('a'));
    const headers = { 'if-match': await tagOf('/devices/a') };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        call('PUT', '/devices/a', device('a', { metadata: { labels: { n: `${n}` } } }), headers),
      ),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual([200, ...Array(7).fill(412)]);
  });

  it('let just one of many at once create', async () => {
    const headers = { 'if-none-match': '*' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('PUT', '/devices/a', device('a'), headers)),
    );
    expect(answers.map(({ code }) => code).sort()).toEqual([201, ...Array(7).fill(412)]);
  });

  it('a report changes what is shown, and holds no write back', async () => {
    await call('PUT', '/devices/a', device('a'));
    const before = await tagOf('/devices/a');
    const status = {
      ...(await call('GET', '/devices/a')).body.status,
      os: { image: 'b', imageDigest: '' },
    };
    expect((await call('PUT', '/devices/a/status', { ...device('a'), status })).code).toBe(200);
    const known = { 'if-none-match': before };
    expect((await call('GET', '/devices/a', undefined, known)).code).toBe(200);
    const answer = await call('PUT', '/devices/a', device('a'), { 'if-match': before });
    expect(answer.code).toBe(200);
  });

  it('a resourceVersion that is not the current one is still a conflict', async () => {
    await call('PUT', '/devices/a', device('a'));
    const body = device('a', { metadata: { resourceVersion: '7' } });
    expect((await call('PUT', '/devices/a', body)).code).toBe(409);
  });
});
