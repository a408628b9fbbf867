import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';
import { answerOn, rawConnection } from '../test/raw-client.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { client, call } = door;

beforeAll(() => door.open());
afterAll(() => door.close());

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
const ofTheApi = {
  ...always,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

describe('headers for browsers and caches', () => {
  it.each([
    ['GET', '/api/v1/devices', 200],
    ['GET', '/api/v1/devices/none', 404],
    ['GET', '/nothing', 404],
    ['GET', '/api/v1/devices/%zz', 400],
    ['POST', '/api/v1/devices', 415],
    ['GET', '/health/ready', 200],
    ['GET', `/${'a'.repeat(17_000)}`, 414],
  ])('are on every answer: %s %.30s', async (method, path, code) => {
    const headers = { 'content-type': 'text/plain' };
    const body = method === 'POST' ? { body: 'a' } : {};
    expect(await client(method, path, { headers, ...body })).toMatchObject({
      code,
      headers: ofTheApi,
    });
  });

  it('are on what Node refuses before there is a request', async () => {
    const socket = await rawConnection(await door.app.getUrl());
    socket.write('hello\r\n\r\n');
    const { text } = await answerOn(socket);
    for (const [name, value] of Object.entries(ofTheApi))
      expect(text).toContain(`${name}: ${value}\r\n`);
  });

  it('leave ETags to programs', async () => {
    const { headers } = await call('PUT', '/devices/one', device('one'));
    const tag = { 'if-none-match': (await call('GET', '/devices/one')).headers['etag']! };
    expect(headers).toMatchObject(ofTheApi);
    expect(await call('GET', '/devices/one', undefined, tag)).toMatchObject({
      code: 304,
      headers: ofTheApi,
    });
  });

  it('let the page of the documentation run what this server has, and nothing else', async () => {
    const { code, headers, body } = await client('GET', '/docs');
    expect([code, headers]).toEqual([200, expect.objectContaining(always)]);
    const policy = headers['content-security-policy']!;
    expect(policy).toContain("default-src 'self'");
    // Scripts stand in files of their own: none in the page would run.
    expect(policy).not.toContain('script-src');
    const scripts = [...(body.text as string).matchAll(/<script\b([^>]*)>/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes] of scripts) expect(attributes).toMatch(/src="\.?\.?\/[^/]/);
  });
});
