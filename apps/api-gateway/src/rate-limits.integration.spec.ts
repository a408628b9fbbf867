import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as organization, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, testRedis, type TestRedis } from '@skein/testing';
import { openCounters, type OpenedCounters } from '@skein/cache';
import { GrpcScene } from '../test/grpc-scene.js';
import { Tokens } from '../test/tokens.js';
import { RateLimits, WINDOW_MS } from './limits/rate-limits.js';

const folder = mkdtempSync(join(tmpdir(), 'skein-rates-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [{ id: organization, displayName: 'One' }]);
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
let place: TestRedis;

/** Per second, and so 20 in a window. */
const RATE = 2;
const LIMIT = 20;
/** Of replicas, in a window. */
const SHARED = 100;

beforeAll(async () => {
  place = await testRedis();
  tokens
    .give('ann', { role: 'viewer', organization })
    .give('ben', { role: 'viewer', organization })
    .give('device', { role: 'device', organization, device: newUid() })
    .write();
  await door.openWith({
    SKEIN_AUTHENTICATION: 'tokens',
    SKEIN_ACCESS_FILE: tokens.file,
    SKEIN_CACHE_REDIS_URL: place.url,
    SKEIN_STREAM_PREFIX: place.prefix,
    SKEIN_RATE_OF_USERS: String(RATE),
    SKEIN_RATE_OF_DEVICES: '1',
    SKEIN_RATE_OF_ANONYMOUS: String(RATE),
    SKEIN_RATE_OF_FAILURES: '1',
  });
});
afterAll(async () => {
  await door.close();
  await place?.close();
  rmSync(folder, { recursive: true });
});
/** A test begins with its window, so that it does not end in the next one. */
beforeEach(async () => {
  const left = WINDOW_MS - (Date.now() % WINDOW_MS);
  await new Promise((resolve) => setTimeout(resolve, left + 50));
}, 2 * WINDOW_MS);

const ask = (headers: Record<string, string>, path = '/devices') =>
  door.call('GET', path, undefined, headers);
const asked = async (times: number, headers: Record<string, string>, path?: string) => {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(headers, path)));
  const codes: Record<number, number> = {};
  for (const { code } of answers) codes[code] = (codes[code] ?? 0) + 1;
  return codes;
};

describe('the rate of requests', () => {
  it('is limited for each user, at both doors together, with a time to come again', async () => {
    expect(await asked(LIMIT / 2, tokens.of('ann'))).toEqual({ 200: LIMIT / 2 });
    const list = (name: string) =>
      door.rpc('DeviceService/ListDevices', {}, { metadata: tokens.of(name) });
    const calls = await Promise.all(Array.from({ length: LIMIT / 2 }, () => list('ann')));
    expect(calls.filter(({ code }) => code === 'OK')).toHaveLength(LIMIT / 2);

    const { code, body, headers } = await ask(tokens.of('ann'));
    expect([code, body.reason]).toEqual([429, 'TooManyRequests']);
    const seconds = Number(headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(WINDOW_MS / 1_000);
    const refused = await list('ann');
    expect(refused.code).toBe('RESOURCE_EXHAUSTED');
    expect(refused.details.RetryInfo.retryDelay.seconds).toBeGreaterThan(0);

    expect((await ask(tokens.of('ben'))).code).toBe(200);
    expect((await list('ben')).code).toBe('OK');
  });

  it('is another one for devices', async () => {
    expect(await asked(11, tokens.of('device'), '/organizations')).toEqual({ 200: 10, 429: 1 });
  });

  it('is limited without a token, and harder with wrong ones; who has a good one is let in', async () => {
    expect(await asked(LIMIT + 1, {}, '/version')).toEqual({ 200: LIMIT, 429: 1 });
    const wrong = { authorization: 'Bearer none' };
    expect(await asked(12, wrong)).toEqual({ 401: 10, 429: 2 });
    expect((await ask({})).headers['retry-after']).toBeDefined();
    expect((await ask(tokens.of('ann'))).code).toBe(200);
  });

  it('says nothing of health', async () => {
    for (let sent = 0; sent < 2 * LIMIT; sent += 1)
      expect((await door.client('GET', '/health/live')).code).toBe(200);
  });
});

describe('replicas', () => {
  const opened: OpenedCounters[] = [];
  const replica = (url: string) => {
    const counting = openCounters({ url, name: 'skein-test-rates' });
    opened.push(counting);
    const perSecond = { user: SHARED / 10, device: 0, anonymous: 0, failure: 0 };
    return new RateLimits(counting.counters, { perSecond, prefix: place.prefix });
  };
  const fits = (rates: RateLimits) => {
    try {
      rates.ofIdentity('user', 'cleo');
      return true;
    } catch {
      return false;
    }
  };
  const use = (rates: RateLimits, times: number) =>
    Array.from({ length: times }, () => fits(rates)).filter(Boolean).length;
  afterAll(() => opened.forEach(({ close }) => close()));

  it('share one limit, but for what comes before either knows of the other', async () => {
    const [one, other] = [replica(place.url), replica(place.url)];
    let used = 0;
    for (let turn = 0; turn < SHARED; turn += 1) {
      used += use(one, 1) + use(other, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(used).toBeGreaterThanOrEqual(SHARED);
    expect(used).toBeLessThan(1.5 * SHARED);
    one.close();
    other.close();
  });

  it('hold it by themselves while Redis is away', async () => {
    const rates = replica('redis://127.0.0.1:1');
    expect(use(rates, 60)).toBe(60);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(use(rates, SHARED)).toBe(SHARED - 60);
    rates.close();
  });
});
