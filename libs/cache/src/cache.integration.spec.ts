import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHintRedis } from '@skein/redis';
import { testRedis, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { newKey, sealerWith } from '../test/sealer.js';
import { cacheKeys } from './cache-keys.js';
import { CacheStore } from './cache-store.js';
import { ContentCache } from './content-cache.js';
import { openCache } from './open-cache.js';
import { ValueCodec } from './value-codec.js';

const packing = { sealer: sealerWith(newKey()), compressAbove: 1_024, maximumBytes: 100_000 };
const times = { leaseMs: 2_000, lifetimeMs: 60_000 };
const opened: Redis[] = [];
let server: TestRedis;
let redis: Redis;

/** As another process has it: with a connection of its own. */
async function open(more: Partial<typeof times> = {}) {
  const connection = openHintRedis({ url: server.url, name: 'skein-test-cache' });
  opened.push(connection);
  await connection.connect();
  const codec = new ValueCodec(packing);
  return new ContentCache(new CacheStore(connection), codec, { ...times, ...more });
}

const never = new AbortController().signal;
const scopeOf = (templateVersion: string) => ({ org: server.prefix, fleet: 'f', templateVersion });
const keyIn = (templateVersion: string, path = 'etc', repository = 'r') =>
  cacheKeys.gitContents(scopeOf(templateVersion), { repository, targetRevision: 'main', path });

/** Resolves when told to, and counts. */
function slowFetch(answer: () => Buffer) {
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const state = { count: 0, tell, started: started.promise };
  const fetch = async () => {
    state.count += 1;
    started.resolve();
    await told;
    return answer();
  };
  return Object.assign(state, { fetch });
}

const listedIn = (prefix: string) => redis.keys(`v1/${prefix}/*`);

beforeAll(async () => {
  server = await testRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  for (const connection of opened) connection.disconnect();
  for (const key of await listedIn(server.prefix)) await redis.unlink(key);
  redis.disconnect();
  await server.close();
});

describe('a content that many ask for', () => {
  it('is fetched once for 200 askers in four processes', async () => {
    const slow = slowFetch(() => Buffer.from('content'));
    const caches = await Promise.all([open(), open(), open(), open()]);
    const key = keyIn('many');
    const asking = Array.from({ length: 200 }, (_, index) =>
      caches[index % 4]!.getOrFetch({ key, fetch: slow.fetch }, never),
    );
    await slow.started;
    slow.tell();
    const got = await Promise.all(asking);
    expect(new Set(got.map(String))).toEqual(new Set(['content']));
    expect(slow.count).toBe(1);
    expect(await (await open()).getOrFetch({ key, fetch: slow.fetch }, never)).toEqual(
      Buffer.from('content'),
    );
    expect(slow.count).toBe(1);
  });

  it('is what the first to agree on it had', async () => {
    const caches = await Promise.all([open(), open(), open()]);
    const key = keyIn('agree');
    const got = await Promise.all(
      caches.map((cache, index) => cache.agree({ key }, Buffer.from(`value ${index}`))),
    );
    expect(new Set(got.map(String)).size).toBe(1);
    expect(String(await (await open()).agree({ key }, Buffer.from('late')))).toBe(String(got[0]));
  });

  it('is tried by the next when fetching it failed, and the failure is not kept', async () => {
    const slow = slowFetch(() => {
      throw new Error('the server is away');
    });
    const key = keyIn('failed');
    const first = (await open()).getOrFetch({ key, fetch: slow.fetch }, never);
    const failed = expect(first).rejects.toThrow('the server is away');
    await slow.started;
    const second = (await open()).getOrFetch(
      { key, fetch: async () => Buffer.from('second') },
      never,
    );
    slow.tell();
    await failed;
    expect(String(await second)).toBe('second');
  });

  it('is fetched by another when whoever fetches gives no sign of life', async () => {
    const key = keyIn('dead');
    await redis.set(`${key.name}@lease`, 'of a dead process', 'PX', 300);
    const fetch = async () => Buffer.from('alive');
    expect(String(await (await open()).getOrFetch({ key, fetch }, never))).toBe('alive');
  });

  it('is waited for as long as whoever fetches is alive', async () => {
    const slow = slowFetch(() => Buffer.from('slow'));
    const key = keyIn('slow');
    const first = (await open({ leaseMs: 150 })).getOrFetch({ key, fetch: slow.fetch }, never);
    await slow.started;
    const second = (await open({ leaseMs: 150 })).getOrFetch({ key, fetch: slow.fetch }, never);
    await sleep(600);
    slow.tell();
    expect((await Promise.all([first, second])).map(String)).toEqual(['slow', 'slow']);
    expect(slow.count).toBe(1);
  });

  it('is no longer waited for by whoever gives up', async () => {
    const key = keyIn('given-up');
    await redis.set(`${key.name}@lease`, 'somebody', 'PX', 5_000);
    const giving = new AbortController();
    const asked = (await open()).getOrFetch(
      { key, fetch: async () => Buffer.from('x') },
      giving.signal,
    );
    giving.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await redis.del(`${key.name}@lease`);
  });
});

describe('what the cache holds', () => {
  it('expires, with its list', async () => {
    const cache = await open({ lifetimeMs: 5_000 });
    const key = keyIn('expires');
    await cache.agree({ key }, Buffer.from('value'));
    for (const name of await redis.keys(`v1/${server.prefix}/f/expires*`)) {
      expect(await redis.pttl(name)).toBeGreaterThan(0);
    }
    expect(await redis.keys(`v1/${server.prefix}/f/expires*`)).toHaveLength(2);
  });

  it('goes with its template version, and leaves the others', async () => {
    const cache = await open();
    const paths = Array.from({ length: 1_200 }, (_, index) => `file-${index}`);
    await Promise.all(
      paths.map((path) => cache.agree({ key: keyIn('gone', path) }, Buffer.from('value'))),
    );
    await cache.agree({ key: keyIn('gone-not') }, Buffer.from('value'));
    await cache.drop(scopeOf('gone'), 'r');
    expect(await redis.keys(`v1/${server.prefix}/f/gone[/@]*`)).toEqual([]);
    expect(await redis.exists(keyIn('gone-not').name)).toBe(1);
  });

  it('goes with a repository, and leaves what came from others', async () => {
    const cache = await open();
    const scope = scopeOf('partly');
    const gone = [keyIn('partly'), cacheKeys.httpBody(scope, 'r', 'https://h.example/')];
    const kept = [keyIn('partly', 'etc', 'other'), cacheKeys.secret(scope, 'n', 's')];
    for (const key of [...gone, ...kept]) await cache.agree({ key }, Buffer.from('value'));
    await cache.drop(scope, 'r');
    expect(await redis.exists(...gone.map(({ name }) => name))).toBe(0);
    expect(await redis.exists(...kept.map(({ name }) => name))).toBe(2);
  });

  it('is not what somebody else put there in place of a secret', async () => {
    const key = cacheKeys.secret(scopeOf('planted'), 'n', 's');
    await redis.set(key.name, Buffer.from('\u0000planted', 'latin1'));
    const fetch = async () => Buffer.from('the secret');
    const cache = await open();
    expect(String(await cache.getOrFetch({ key, secret: true, fetch }, never))).toBe('the secret');
    expect((await redis.getBuffer(key.name))!.includes('secret')).toBe(false);
    const again = cache.getOrFetch({ key, secret: true, fetch: () => Promise.reject() }, never);
    expect(String(await again)).toBe('the secret');
  });

  it('does not hold what is too large, which is fetched each time', async () => {
    const key = keyIn('large');
    const large = randomBytes(200_000);
    const cache = await open();
    let count = 0;
    const fetch = async () => {
      count += 1;
      return large;
    };
    for (let time = 1; time <= 2; time += 1) {
      expect(await cache.getOrFetch({ key, fetch }, never)).toEqual(large);
      expect(count).toBe(time);
    }
    expect(await redis.exists(key.name, `${key.name}@lease`)).toBe(0);
  });
});

describe('without Redis', () => {
  it('contents are fetched, and dropping is no error', async () => {
    const away = { url: 'redis://127.0.0.1:1', name: 'skein-test-cache' };
    const { cache, close } = openCache({ redis: away, ...packing, ...times });
    const fetch = async () => Buffer.from('content');
    expect(String(await cache.getOrFetch({ key: keyIn('away'), fetch }, never))).toBe('content');
    expect(String(await cache.agree({ key: keyIn('away') }, Buffer.from('own')))).toBe('own');
    await cache.drop(scopeOf('away'), 'r');
    close();
  });

  it('that has no memory left, contents are fetched, and what is there is still found', async () => {
    if (!server.owned) return;
    const cache = await open();
    const fetch = async () => Buffer.from('content');
    const there = keyIn('there');
    await cache.agree({ key: there }, Buffer.from('there'));
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.config('SET', 'maxmemory', '1');
    try {
      const key = keyIn('no-memory');
      expect(String(await cache.getOrFetch({ key, fetch }, never))).toBe('content');
      expect(String(await cache.getOrFetch({ key: there, fetch }, never))).toBe('there');
      expect(await redis.exists(key.name)).toBe(0);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });
});
