import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ByteSealer, Sealer } from '@skein/blobs';
import { cacheKeys, openCache } from '@skein/cache';
import { openRedis } from '@skein/redis';
import {
  nativeRedisOrSkip,
  startRedis,
  startRedisCluster,
  waitFor,
  type RedisServer,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { CommandRecorder } from './recorder.js';

nativeRedisOrSkip('what is sent to a server', () => {
  let server: RedisServer;
  let redis: Redis;
  let recorder: CommandRecorder;

  beforeAll(async () => {
    server = await startRedis({ kind: 'native', role: 'cache' });
    redis = new Redis(server.url);
    recorder = await CommandRecorder.start(redis);
  });
  afterAll(async () => {
    recorder?.stop();
    redis?.disconnect();
    await server?.stop();
  });

  it('by the cache, Redis 7.0 understands', async () => {
    const { cache, close } = openCache({
      redis: { url: server.url, name: 'skein-test-commands' },
      sealer: new ByteSealer(new Sealer({ current: { id: 'one', key: randomBytes(32) } })),
      ...{ lifetimeMs: 60_000, leaseMs: 300, compressAbove: 100, maximumBytes: 10_000 },
    });
    const scope = { org: 'o', fleet: 'f', templateVersion: 'v' };
    const key = cacheKeys.gitRevision(scope, 'r', 'main');
    const fetch = () => new Promise<Buffer>((done) => setTimeout(done, 400, Buffer.from('x')));
    const probe = cacheKeys.gitRevision(scope, 'r', 'probe');
    await waitFor(async () => {
      await cache.agree({ key: probe }, Buffer.from('x'));
      return (await redis.del(probe.name)) === 1;
    });
    await cache.getOrFetch({ key, fetch }, new AbortController().signal);
    await redis.set(key.name, 'unreadable', 'KEEPTTL');
    await cache.getOrFetch({ key, fetch }, new AbortController().signal);
    await cache.drop(scope, 'r');
    close();
    const used = ['EVAL', 'GET', 'HSCAN', 'HSET', 'PEXPIRE', 'SET', 'UNLINK'];
    // A monitor is told a little later.
    await waitFor(() => used.every((name) => recorder.names.includes(name)));
    expect(recorder.notUnderstood).toEqual([]);
    expect(await recorder.errors()).toBe(0);
  });

  it('by a connection to a cluster, it understands', async () => {
    const cluster = await startRedisCluster();
    const [node] = cluster.nodes;
    const watching = new Redis(node!.url);
    const recorded = await CommandRecorder.start(watching);
    const connection = openRedis({ url: cluster.url, name: 'skein-test-commands' });
    for (let at = 0; at < 50; at += 1) await connection.set(`key:${at}`, 'v', 'PX', 60_000);
    await waitFor(() => recorded.names.includes('SET'));
    expect(recorded.notUnderstood).toEqual([]);
    expect(await recorded.errors()).toBe(0);
    connection.disconnect();
    recorded.stop();
    watching.disconnect();
    await cluster.stop();
  });

  it('is seen when it does not, also from a script', async () => {
    await redis.call('SET', 'k', 'v', 'IFEQ', 'w').catch(() => undefined);
    const before = await recorder.errors();
    await redis.call('XACKDEL', 'k', 'g', 'IDS', '1', '1-0').catch(() => undefined);
    expect(recorder.notUnderstood.length + (await recorder.errors()) - before).toBeGreaterThan(1);
    await redis.eval(`redis.pcall('SET', KEYS[1], 'v', 'PXAT', 'late')`, 1, 'k');
    await waitFor(() => recorder.notUnderstood.some((text) => text.includes('late')));
    expect(recorder.notUnderstood).toEqual(
      expect.arrayContaining(['not as set is: SET k v IFEQ w', 'not as set is: SET k v PXAT late']),
    );
  });
});
