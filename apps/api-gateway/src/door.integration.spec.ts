import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { apiVersion, device, fleet } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { client, call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

describe('what is refused', () => {
  it('a wrong body, with every error named', async () => {
    const wrong = {
      apiVersion,
      kind: 'Device',
      metadata: { name: 'Not_Good', labels: { 'a b': 'c' } },
      spec: {
        config: [
          { name: 'x', gitref: {} },
          { name: 'x', inline: [{ path: 1, content: '' }] },
        ],
      },
    };
    const { code, body } = await call('POST', '/devices', wrong);
    expect(code).toBe(400);
    for (const part of [
      'metadata.name: ',
      'metadata.labels: label key "a b"',
      'spec.config[0].gitref: is not known here',
      'spec.config[0].name: ',
      'spec.config[1].inline[0].path: ',
      'spec.config[1].name: ',
    ]) {
      expect(body['message']).toContain(part);
    }
  });

  it.each([
    ['no JSON', '{"a":', 400],
    ['an empty body', '', 400],
    ['a list', [], 400],
    ['another kind', fleet('f'), 400],
    [
      'a spec that is too large',
      device('d1', { spec: { os: { image: 'x'.repeat(70_000) } } }),
      413,
    ],
    [
      'a body that is too large',
      device('d1', { spec: { os: { image: 'x'.repeat(2_000_000) } } }),
      413,
    ],
  ])('%s', async (_what, body, code) => {
    const answer = await call('POST', '/devices', body);
    expect(answer).toMatchObject({
      code,
      body: { kind: 'Status', apiVersion, status: 'Failure', code },
    });
    expect(await appended()).toEqual([]);
  });

  it('another media type, an unknown path, and a name in the path that the body contradicts', async () => {
    const text = await call('POST', '/devices', 'a', { 'content-type': 'text/plain' });
    expect(text).toMatchObject({ code: 415, body: { kind: 'Status' } });
    expect(await call('GET', '/nothing')).toMatchObject({ code: 404, body: { kind: 'Status' } });
    expect((await call('PUT', '/devices/a', device('b'))).code).toBe(400);
    expect((await call('GET', '/devices/%00')).code).toBe(404);
  });
});

describe('lists', () => {
  it('are paged by name, and say how many follow', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd'])
      await call('PUT', `/devices/${name}`, device(name));
    const names: string[][] = [];
    let token = '';
    do {
      const { body } = await call('GET', `/devices?limit=2${token && `&continue=${token}`}`);
      names.push(body['items'].map(({ metadata }: Loose) => metadata.name));
      expect(body['metadata'].remainingItemCount).toBe([3, 1, undefined][names.length - 1]);
      token = body['metadata'].continue ?? '';
    } while (token);
    expect(names).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('refuse limits and positions that are none, and what is not built yet', async () => {
    for (const query of ['limit=1001', 'limit=-1', 'limit=x', 'continue=x', 'continue=e30']) {
      expect((await call('GET', `/fleets?${query}`)).code).toBe(400);
    }
    const unknown = await call('GET', '/rollouts?labelSelector=a&fleet=f');
    expect(unknown).toMatchObject({
      code: 400,
      body: {
        message: 'labelSelector: is no parameter here; there are fleet, limit, continue, org_id',
      },
    });
    expect((await call('GET', '/rollouts?watch=true')).code).toBe(400);
    expect((await call('GET', '/devices?cveId=CVE-2026-1234')).code).toBe(501);
    expect((await call('GET', '/fleets?cveId=CVE-2026-1234')).code).toBe(400);
    const { body } = await call('GET', '/repositories?limit=1000');
    const metadata = { resourceVersion: expect.any(String) };
    expect(body).toEqual({ apiVersion, kind: 'RepositoryList', metadata, items: [] });
  });
});

describe('the door itself', () => {
  it('hands a trace and the id of the request on', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, 'x-request-id': 'mine' };
    const answer = await call('PUT', '/devices/d1', device('d1'), headers);
    expect(answer.headers['x-request-id']).toBe('mine');
    const [event] = await appended();
    expect(event!['traceparent']).toContain(trace);
    expect(event!['requestid']).toBe('mine');
    const without = await call('GET', '/nothing', undefined, { 'x-request-id': 'é'.repeat(3) });
    expect(without.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('documents itself without the help of others', async () => {
    const page = await client('GET', '/docs');
    expect(page.code).toBe(200);
    expect(page.body['text']).not.toMatch(/(src|href)="https?:/);
    expect((await client('GET', '/docs/swagger-ui-bundle.js')).code).toBe(200);
    const { body } = await client('GET', '/docs/openapi.json');
    expect(Object.keys(body['paths'])).toContain('/api/v1/devices/{name}/rendered');
    expect(body['components'].schemas.ConfigItem.properties).toHaveProperty('gitRef');
  });

  it('answers health beside the API', async () => {
    const { code } = await client('GET', '/health/ready');
    expect(code).toBe(200);
  });
});
