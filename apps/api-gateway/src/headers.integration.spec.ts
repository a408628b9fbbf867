import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { client, call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

const PROBLEM = 'application/problem+json';

describe('the version of the API and the id of the request', () => {
  it.each([
    ['GET', '/api/v1/devices', 200],
    ['GET', '/api/v1/devices/none', 404],
    ['GET', '/api/v1/nothing', 404],
    ['POST', '/api/v1/devices', 415],
    ['GET', '/health/ready', 200],
    ['GET', '/docs/openapi.json', 200],
  ])('are on every response: %s %s', async (method, path, code) => {
    const headers = { 'x-request-id': 'r-1', 'content-type': 'text/plain' };
    const answer = await client(method, path, {
      headers,
      ...(method === 'POST' && { body: 'a' }),
    });
    expect(answer).toMatchObject({
      code,
      headers: { 'flightctl-api-version': 'v1beta1', 'x-request-id': 'r-1' },
    });
  });

  it('another version is refused before anything is done', async () => {
    const headers = { 'flightctl-api-version': 'v2' };
    const answer = await call('PUT', '/devices/d1', device('d1'), headers);
    expect(answer).toMatchObject({
      code: 406,
      body: {
        kind: 'Status',
        reason: 'NotAcceptable',
        message: expect.stringContaining('v1beta1'),
      },
      headers: { 'flightctl-api-version': 'v1beta1' },
    });
    expect(await appended()).toEqual([]);
    const same = { 'flightctl-api-version': 'v1beta1' };
    expect((await call('PUT', '/devices/d1', device('d1'), same)).code).toBe(201);
    expect((await client('GET', '/health/ready', { headers })).code).toBe(200);
  });

  it('an id that is too long, or no id, is replaced by one of ours', async () => {
    for (const given of ['x'.repeat(129), 'a b', '']) {
      const { headers } = await call('GET', '/devices', undefined, { 'x-request-id': given });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('problem documents', () => {
  it('answer a client that asks for them', async () => {
    const { code, body, headers } = await call('GET', '/devices/none', undefined, {
      accept: `application/json, ${PROBLEM}`,
      'x-request-id': 'r-2',
    });
    expect(headers['content-type']).toContain(PROBLEM);
    expect({ code, body }).toEqual({
      code: 404,
      body: {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'Device none does not exist',
        reason: 'NotFound',
        requestId: 'r-2',
      },
    });
  });

  it.each([
    ['*/*'],
    ['application/json'],
    [`${PROBLEM};q=0`],
    [`application/json, ${PROBLEM};q=0.5`],
    [`${PROBLEM};q=x`],
    [`${PROBLEM}x`],
  ])('do not answer %s', async (accept) => {
    const { body, headers } = await call('GET', '/devices/none', undefined, { accept });
    expect(headers['content-type']).toContain('application/json');
    expect(headers['vary']).toBe('accept');
    expect(body.kind).toBe('Status');
  });

  it('tell of what the server refuses before any handler, too', async () => {
    const accept = { accept: PROBLEM, 'flightctl-api-version': 'v2' };
    expect((await call('GET', '/devices', undefined, accept)).body.status).toBe(406);
    const broken = await call('POST', '/devices', '{', { accept: PROBLEM });
    expect(broken.body).toMatchObject({ status: 400, title: 'Bad Request' });
  });
});
