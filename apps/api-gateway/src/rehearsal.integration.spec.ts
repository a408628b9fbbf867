import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device, fleet, repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

/** Everything that a write of the gateway could leave behind. */
const TABLES = [
  'log.events',
  'log.subjects',
  'blobs.sealed',
  'gateway.devices',
  'gateway.device_views',
  'gateway.presence',
  'gateway.fleets',
  'gateway.fleet_views',
  'gateway.repositories',
  'gateway.repository_users',
  'gateway.names',
];

async function everything(): Promise<unknown[]> {
  const read = (table: string) =>
    `select '${table}' as what, coalesce(json_agg(t order by t::text), '[]') as rows from ${table} t`;
  return door.postgres.query(TABLES.map(read).join(' union all '));
}

/** What a rehearsal and the real thing both answer: all but the time of creation, and the tag. */
async function rehearsedAndDone(method: string, path: string, options: Options = {}) {
  const { body, type = 'application/json' } = options;
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
  const before = await everything();
  const rehearsed = await call(method, `${path}?dryRun=All`, body, headers);
  expect(await everything()).toEqual(before);
  expect(rehearsed.headers['etag']).toBeUndefined();
  const done = await call(method, path, body, headers);
  if (done.code < 400) expect(await everything()).not.toEqual(before);
  return [rehearsed, done].map((answer) => {
    const text = JSON.stringify(answer.body).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then');
    return { code: answer.code, body: JSON.parse(text) };
  });
}

interface Options {
  readonly body?: unknown;
  readonly type?: string;
}

const secret = repository('a', { httpConfig: { password: 'p' } });
const kinds = [
  ['devices', device('a'), device('a', { spec: { os: { image: 'one' } } })],
  ['fleets', fleet('a'), fleet('a', { template: { spec: { os: { image: 'one' } } } })],
  ['repositories', secret, repository('a', { httpConfig: { password: 'q' } })],
] as const;

describe.each(kinds)('a dry run of %s', (kind, first, second) => {
  const path = `/${kind}/a`;

  it('answers as the write does, and writes nothing', async () => {
    for (const [code, method, where, options] of [
      [201, 'POST', `/${kind}`, { body: first }],
      [409, 'POST', `/${kind}`, { body: first }],
      [200, 'PUT', path, { body: second }],
      [
        200,
        'PATCH',
        path,
        {
          body: { metadata: { labels: { b: 'c' } }, spec: first.spec },
          type: 'application/merge-patch+json',
        },
      ],
      [200, 'DELETE', path, {}],
      [404, 'DELETE', path, {}],
      [201, 'PUT', path, { body: first }],
      [400, 'POST', `/${kind}`, { body: {} }],
    ] as const) {
      const [rehearsed, done] = await rehearsedAndDone(method, where, options);
      expect(done!.code).toBe(code);
      expect(rehearsed).toEqual(done);
    }
  });
});

describe('a dry run', () => {
  it('hears of conditions, and of what keeps a repository', async () => {
    await call('PUT', '/repositories/r', repository('r'));
    const gitRef = { repository: 'r', targetRevision: 'main', path: '/' };
    await call('PUT', '/devices/a', device('a', { spec: { config: [{ name: 'base', gitRef }] } }));
    expect((await call('DELETE', '/repositories/r?dryRun=All')).code).toBe(409);
    const stale = { 'if-match': '"x"' };
    expect((await call('PUT', '/devices/a?dryRun=All', device('a'), stale)).code).toBe(412);
  });

  it('is All or nothing, and refused where it would be passed over', async () => {
    await call('PUT', '/devices/a', device('a'));
    const before = await everything();
    for (const query of ['dryRun=', 'dryRun=true', 'dryRun=all', 'dryRun=All&dryRun=All']) {
      expect((await call('DELETE', `/devices/a?${query}`)).code).toBe(400);
    }
    const { body: shown } = await call('GET', '/devices/a');
    expect((await call('PUT', '/devices/a/status?dryRun=All', shown)).code).toBe(400);
    expect(await everything()).toEqual(before);
  });
});
