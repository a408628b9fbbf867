import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, nativeRedisOrSkip, startRedis, startRedisCluster } from '@skein/testing';
import type { RedisCluster, RedisServer } from '@skein/testing';
import { Redis } from 'ioredis';
import { startSentinel } from '../../test/redis-sentinel.js';
import { checkGivenRedis } from './given-redis.js';
import { provideRedis } from './redis.js';

const waitMs = 1_000;
const check = (url: string, more: Partial<Parameters<typeof checkGivenRedis>[0]> = {}) =>
  checkGivenRedis({ use: 'streams', url, environment: {}, ...more });

async function configure({ url }: RedisServer, name: string, value: string): Promise<void> {
  const client = new Redis(url);
  await client.config('SET', name, value);
  client.disconnect();
}

describe('given Redis servers that cannot be used', () => {
  it.each([
    ['redis://HOST', 'HOST'],
    ['redis+sentinel://HOST/mine', 'mine of the Sentinels HOST'],
    ['redis+cluster://HOST', 'the cluster of HOST'],
  ])('are named with the reason, after a bounded wait: %s', async (form, name) => {
    const host = `127.0.0.1:${await freePort()}`;
    const named = `The Redis of the streams (${name.replace('HOST', host)}) cannot be used`;
    const checking = check(form.replace('HOST', host), { waitMs });
    await expect(checking).rejects.toThrow(named);
    await expect(checking).rejects.toThrow(`connect ECONNREFUSED ${host}`);
  });

  it('are refused by name when the URL is wrong', async () => {
    const url = 'redis://:secret@one,two';
    await expect(check(url)).rejects.toThrow(/SKEIN_STREAM_REDIS_URL must be/);
    const cache = check(url, { use: 'cache' });
    await expect(cache).rejects.toThrow(/SKEIN_CACHE_REDIS_URL must be/);
    await expect(cache).rejects.not.toThrow('secret');
  });
});

nativeRedisOrSkip('a given Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ kind: 'native' });
  });
  afterAll(() => server?.stop());

  it('is taken for both, and warned about when it evicts', async () => {
    const stream = server.url;
    const options = { stream, cache: undefined, directory: undefined, environment: {} };
    const pair = await provideRedis(options);
    expect(pair).toMatchObject({ streamUrl: stream, cacheUrl: undefined, own: [] });
    expect(pair.warnings).toEqual([expect.stringContaining('shares the Redis')]);
    await configure(server, 'maxmemory-policy', 'allkeys-lru');
    const { warning } = await check(stream);
    expect(warning).toContain(`may evict keys (127.0.0.1:${server.port}: allkeys-lru)`);
    expect(await check(stream, { use: 'cache' })).not.toHaveProperty('warning');
    await configure(server, 'maxmemory-policy', 'noeviction');
    expect(await check(stream)).not.toHaveProperty('warning');
  });

  it('is entered with the password that the services get', async () => {
    await configure(server, 'requirepass', 'known-secret');
    const environment = { SKEIN_STREAM_REDIS_PASSWORD: 'known-secret' };
    expect(await check(server.url, { environment })).toMatchObject({ url: server.url });
    await expect(check(server.url)).rejects.toThrow('NOAUTH');
    environment.SKEIN_STREAM_REDIS_PASSWORD = 'wrong-secret';
    const refused = check(server.url, { environment });
    await expect(refused).rejects.toThrow('WRONGPASS');
    await expect(refused).rejects.not.toThrow('wrong-secret');
  });

  it('that is frozen is given up', async () => {
    process.kill(server.pid!, 'SIGSTOP');
    const checking = check(server.url, { waitMs }).finally(() => {
      process.kill(server.pid!, 'SIGCONT');
    });
    await expect(checking).rejects.toThrow('there was no answer within 1 s');
  });
});

nativeRedisOrSkip('given Redis behind a Sentinel', () => {
  it('is the primary that it names', async () => {
    const evicting = ['--maxmemory-policy', 'allkeys-lru'];
    const server = await startRedis({ kind: 'native', arguments: evicting });
    const sentinel = await startSentinel(server.port);
    const hosts = `127.0.0.1:${await freePort()},127.0.0.1:${sentinel.port}`;
    const url = `redis+sentinel://${hosts}/skein-primary`;
    const given = await check(url);
    expect(given.url).toBe(url);
    expect(given.description).toMatch(/^streams on skein-primary of the Sentinels 127/);
    expect(given.warning).toMatch(/skein-primary of the Sentinels .*: allkeys-lru/);
    const other = check(`redis+sentinel://${hosts}/other`, { waitMs });
    await expect(other).rejects.toThrow(/other of the Sentinels .* No such master/);
    await sentinel[Symbol.asyncDispose]();
    await server.stop();
  });
});

nativeRedisOrSkip('a given Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());

  it('is warned about for each primary that evicts', async () => {
    const { nodes, url } = cluster;
    expect(await check(url)).toEqual({
      url,
      description: `streams on the cluster of ${nodes.map(({ port }) => `127.0.0.1:${port}`).join(', ')}`,
    });
    for (const node of nodes.slice(1)) await configure(node, 'maxmemory-policy', 'volatile-ttl');
    // Some of its nodes are enough to find it.
    const { warning } = await check(`redis+cluster://127.0.0.1:${nodes[0]!.port}`);
    for (const { port } of nodes.slice(1)) {
      expect(warning).toContain(`127.0.0.1:${port}: volatile-ttl`);
    }
    expect(warning).not.toContain(`127.0.0.1:${nodes[0]!.port}:`);
  });

  it('is taken without a primary that is away', async () => {
    const [, second, third] = cluster.nodes;
    await third!.kill();
    const { warning } = await check(cluster.url);
    expect(warning).toContain(`(127.0.0.1:${second!.port}: volatile-ttl)`);
  });

  it('gets an own server for the cache beside it', async () => {
    const environment = { REDIS_MAXMEMORY: '64mb', REDIS_EXTRA_FLAGS: '--save 3600 1 60 100' };
    const stream = cluster.url;
    const given = { stream, cache: undefined, directory: undefined, environment };
    const { own, cacheUrl } = await provideRedis(given);
    const client = new Redis(cacheUrl ?? '');
    const settings = ['maxmemory', 'maxmemory-policy', 'loglevel', 'save'];
    const found = await Promise.all(settings.map((name) => client.config('GET', name)));
    expect(found.map((pair) => pair[1])).toEqual([
      ...[String(64 << 20), 'allkeys-lru', 'warning', '3600 1 60 100'],
    ]);
    client.disconnect();
    expect(own).toHaveLength(1);
    await own[0]!.server.stop();
  });

  it('is none for the cache', async () => {
    const checking = check(cluster.url, { use: 'cache' });
    await expect(checking).rejects.toThrow(/SKEIN_CACHE_REDIS_URL must be .* slots of a cluster/);
  });

  it('is none when it is a single server', async () => {
    const server = await startRedis({ kind: 'native' });
    const checking = check(server.url.replace('redis:', 'redis+cluster:'), { waitMs });
    await expect(checking).rejects.toThrow('cluster support disabled');
    await server.stop();
  });
});
