import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.js';
import { nativeRedisOrSkip } from '../native-redis-or-skip.js';
import { waitFor } from '../wait-for.js';
import { findNativeRedis } from './native-redis.js';
import { startRedis } from './redis.js';
import type { RedisServer } from './redis.js';

async function using<T>(server: RedisServer, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

describe('the embedded Redis', () => {
  let server: RedisServer;
  const clients: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis({
      kind: 'embedded',
      arguments: ['--maxmemory', '512mb', '--client-output-buffer-limit', 'normal 0 0 7'],
    });
    clients.push(...Array.from({ length: 20 }, () => new Redis(server.url)));
  });
  afterAll(async () => {
    clients.forEach((client) => client.disconnect());
    await server.stop();
  });

  const client = (index: number): Redis => clients[index] as Redis;

  it('says what it is and takes settings', async () => {
    expect(server).toMatchObject({ kind: 'embedded', version: expect.stringMatching(/^valkey 9/) });
    expect(await client(0).config('GET', 'maxmemory*')).toEqual(
      expect.arrayContaining(['maxmemory-policy', 'noeviction', 'maxmemory', String(512 << 20)]),
    );
    expect(await client(0).config('GET', 'client-output-buffer-limit')).toContainEqual(
      expect.stringMatching(/^normal 0 0 7/),
    );
  });

  it('answers long pipelines of 20 connections, none lost', async () => {
    const rounds = 20;
    const work = clients.map(async (each, index) => {
      for (let round = 0; round < rounds; round += 1) {
        const pipeline = each.pipeline();
        for (let step = 0; step < 500; step += 1) pipeline.incr(`counter:${index}`);
        const replies = await pipeline.exec();
        expect(replies?.at(-1)).toEqual([null, (round + 1) * 500]);
      }
    });
    await Promise.all(work);
    const counters = await client(0).mget(clients.map((_, index) => `counter:${index}`));
    expect(counters).toEqual(clients.map(() => String(rounds * 500)));
  });

  it('wakes blocked clients at once', async () => {
    const waiting = clients.slice(1).map((each, index) => each.blpop(`list:${index}`, 30));
    await Promise.all(waiting.map((_, index) => client(0).rpush(`list:${index}`, 'v')));
    expect(await Promise.all(waiting)).toEqual(waiting.map((_, index) => [`list:${index}`, 'v']));
  });

  it('ends the wait of a stream’s readers when time is up and when their group is gone', async () => {
    await client(0).xgroup('CREATE', 'stream', 'g', '0', 'MKSTREAM');
    const block = (each: Redis, milliseconds: number) =>
      each.xreadgroup(
        'GROUP',
        'g',
        'c',
        'COUNT',
        10,
        'BLOCK',
        milliseconds,
        'STREAMS',
        'stream',
        '>',
      );
    expect(await block(client(1), 30)).toBeNull();
    const readers = clients.slice(1).map((each) => block(each, 30_000).catch(String));
    await waitFor(async () => (await client(0).info('clients')).includes('blocked_clients:19'));
    await client(0).xgroup('DESTROY', 'stream', 'g');
    const answers = await Promise.all(readers);
    expect(answers).toEqual(readers.map(() => expect.stringContaining('NOGROUP')));
  });

  it('delivers published messages in order', async () => {
    const heard: string[] = [];
    const subscriber = new Redis(server.url);
    await subscriber.subscribe('news');
    const all = new Promise<void>((resolve) => {
      subscriber.on('message', (_channel, message) => {
        heard.push(message);
        if (heard.length === 1_000) resolve();
      });
    });
    const sent = Array.from({ length: 1_000 }, (_, index) => String(index));
    await Promise.all(sent.map((message) => client(0).publish('news', message)));
    await all;
    subscriber.disconnect();
    expect(heard).toEqual(sent);
  });

  it('runs scripts, also ones that fail', async () => {
    const script = `redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])`;
    expect(await client(0).eval(script, 1, 'k', 'v')).toBe('v');
    await expect(client(0).eval(`return redis.call('GET')`, 1, 's')).rejects.toThrow();
    await expect(client(0).eval(`error('refused')`, 0)).rejects.toThrow(/refused/);
    expect(await client(0).eval(`return pcall(error) and 1 or 2`, 0)).toBe(2);
  });

  it('passes large values both ways', async () => {
    const value = 'x'.repeat(20_000_000);
    await client(0).set('large', value);
    const copies = await Promise.all([1, 2, 3].map((index) => client(index).get('large')));
    expect(copies.every((copy) => copy === value)).toBe(true);
    await client(0).del('large');
  });

  it('uses the descriptors of closed connections again', async () => {
    for (let round = 0; round < 200; round += 1) {
      const many = Array.from({ length: 50 }, () => new Redis(server.url));
      expect(await Promise.all(many.map((each) => each.ping()))).toHaveLength(50);
      many.forEach((each) => each.disconnect());
    }
    expect(await client(0).ping()).toBe('PONG');
  });

  it('is empty after a crash, at the same address', async () => {
    const other = await startRedis({ kind: 'embedded' });
    const { url } = other;
    await using(other, (each) => each.set('k', 'v'));
    await other.kill();
    expect(other.pid).toBeUndefined();
    await other.restart();
    expect([other.url, await using(other, (each) => each.dbsize())]).toEqual([url, 0]);
    await other.stop();
  });
});

nativeRedisOrSkip('a native Redis', () => {
  it('keeps a stream server’s data over a crash and over a clean restart', async () => {
    const server = await startRedis({ kind: 'native' });
    await using(server, async (client) => {
      expect(await client.config('GET', 'maxmemory-policy')).toEqual([
        'maxmemory-policy',
        'noeviction',
      ]);
      await client.set('k', 'v');
    });
    await server.kill();
    await server.restart();
    expect(await using(server, (client) => client.get('k'))).toBe('v');
    await server.restart();
    expect(await using(server, (client) => client.get('k'))).toBe('v');
    await server.stop();
  });

  it('is a cache when asked, with further settings', async () => {
    const server = await startRedis({
      kind: 'native',
      role: 'cache',
      arguments: ['--maxclients', '50'],
    });
    const settings = await using(server, (client) => client.config('GET', 'max*'));
    const persistent = await using(server, (client) => client.config('GET', 'appendonly'));
    await server.stop();
    const wanted = [
      'maxmemory',
      String(1 << 30),
      'maxmemory-policy',
      'allkeys-lru',
      'maxclients',
      '50',
    ];
    expect(settings).toEqual(expect.arrayContaining(wanted));
    expect(persistent).toEqual(['appendonly', 'no']);
  });

  it('keeps a given directory and refuses to share it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'skein-test-'));
    const first = await startRedis({ kind: 'native', directory });
    await expect(startRedis({ kind: 'native', directory })).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
    });
    await using(first, (client) => client.set('k', 'v'));
    await first.kill();
    const second = await startRedis({ kind: 'native', directory });
    expect(await using(second, (client) => client.get('k'))).toBe('v');
    await Promise.all([second.stop(), second.stop()]);
    expect(existsSync(directory)).toBe(true);
    await rm(directory, { recursive: true });
  });

  it('says why it did not start', async () => {
    const start = startRedis({ kind: 'native', arguments: ['--maxmemory-policy', 'nonsense'] });
    await expect(start).rejects.toThrow(/maxmemory-policy/);
  });
});

describe('a Redis on a port that is taken', () => {
  const kinds = findNativeRedis() ? (['native', 'embedded'] as const) : (['embedded'] as const);

  it.each(kinds)('is not mistaken for the one that answers there (%s)', async (kind) => {
    const port = await freePort();
    const first = await startRedis({ kind, port });
    await expect(startRedis({ kind, port })).rejects.toMatchObject({
      code: 'REDIS_START_FAILED',
      message: expect.stringMatching(/address already in use/i),
    });
    await first.stop();
  });
});
