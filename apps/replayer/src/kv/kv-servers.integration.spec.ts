import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheKeys } from '@skein/cache';
import { RedisConfig, withCacheRedis } from '@skein/config';
import { streamKey } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { stateOf } from '@skein/redis';
import { nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
import { Redis } from 'ioredis';
import { KvServers, type KvParts } from './kv-servers.js';
import type { KvFigures } from './kv-figures.js';

const MIB = 1_024 * 1_024;
const prefix = 'skein-test-kv';
const stream = streamKey(prefix, 'selector', 0);
const scope = { org: 'o', fleet: 'f', templateVersion: 'v' };

class Config extends withCacheRedis(RedisConfig) {}

let database: MigratedDatabase;
let postgres: Postgres;
let ofStreams: RedisServer;
let ofCache: RedisServer;
let streams: Redis;
let cache: Redis;
let kv: KvServers | undefined;
let logged: { text: string; finding: unknown }[] = [];

const keep = (fields: object, text: string) =>
  void logged.push({ text, finding: (fields as { finding: unknown }).finding });
const logger = { debug: keep, info: keep, warn: keep, error: keep };

/** `localhost` stands for the server of the streams. */
const isOther = (url?: string) => url !== undefined && !url.includes('localhost');

async function open(cacheUrl?: string, more: Partial<KvParts> = {}): Promise<KvServers> {
  const config = Object.assign(new Config(), {
    streamRedisUrl: ofStreams.url,
    ...(cacheUrl && { cacheRedisUrl: cacheUrl }),
  });
  kv = new KvServers({ ...{ postgres, config, logger }, streamKeys: () => [stream], ...more });
  kv.start();
  await waitFor(async () => {
    await kv!.step();
    return (await rows()).length === (isOther(cacheUrl) ? 2 : 1);
  });
  return kv;
}

const rows = () =>
  postgres.query<{ server: string; node: string; figures: KvFigures }>(
    'select server, node, figures from log.kv_figures order by server desc',
  );

async function figuresOf(server: string): Promise<KvFigures> {
  return (await rows()).find((row) => row.server === server)!.figures;
}

/** Looks again, and answers what is advised. */
async function advised(server: string): Promise<string[]> {
  await kv!.step();
  return (await figuresOf(server)).advice.map(({ code }) => code);
}

const contents = async (count: number, bytes = 10_000) => {
  const pipeline = cache.pipeline();
  for (let at = 0; at < count; at += 1) {
    const { name } = cacheKeys.gitRevision(scope, 'r', String(at));
    pipeline.set(name, 'x'.repeat(bytes), 'PX', 600_000);
  }
  await pipeline.exec();
};

beforeAll(async () => {
  [database, ofStreams, ofCache] = await Promise.all([
    migratedDatabase(['selector']),
    startRedis({ kind: 'any', arguments: ['--maxmemory', '64mb'] }),
    startRedis({ kind: 'any', role: 'cache', arguments: ['--maxmemory', '16mb'] }),
  ]);
  postgres = await Postgres.open({ url: database.urlOf('replayer'), applicationName: 'test' });
  streams = new Redis(ofStreams.url);
  cache = new Redis(ofCache.url);
});
afterEach(async () => {
  kv?.stop();
  logged = [];
  await Promise.all([streams.flushall(), cache.flushall(), streams.config('RESETSTAT')]);
  await cache.config('RESETSTAT');
  await postgres.query('delete from log.kv_figures');
});
afterAll(async () => {
  streams?.disconnect();
  cache?.disconnect();
  await postgres?.close();
  await Promise.all([ofStreams?.stop(), ofCache?.stop(), database?.close()]);
});

describe('the servers of streams and cache', () => {
  it('are written down, with what streams and cache take', async () => {
    for (let id = 1; id <= 500; id += 1)
      await streams.xadd(stream, `${id}-0`, 'f', 'x'.repeat(2_000));
    await contents(200);
    await cache.set('of somebody else', 'x'.repeat(2 * MIB));
    await open(ofCache.url);
    const [one, two] = [await figuresOf('streams'), await figuresOf('cache')];
    expect(one).toMatchObject({
      ...{ use: 'streams', policy: 'noeviction', maxmemoryBytes: 64 * MIB },
      ...{ queueDepth: 500, evictedKeys: 0, refused: 0, version: ofStreams.version },
    });
    expect(one.bytesByKind!.streams).toBeGreaterThan(1_000_000);
    expect(one.bytesByKind!.cache).toBe(0);
    expect(two).toMatchObject({ use: 'cache', policy: 'allkeys-lru', queueDepth: null });
    const { streams: none, cache: contained, other } = two.bytesByKind!;
    expect(none).toBe(0);
    // 64 draws with replacement among 201 keys.
    expect(contained).toBeGreaterThan(1_500_000);
    expect(contained).toBeLessThan(2_900_000);
    expect(none + contained + other).toBe(two.usedBytes);
    expect(two.peakBytes).toBeGreaterThanOrEqual(two.usedBytes!);
  });

  it('are one when one address leads to the other, which is said once', async () => {
    await open(ofStreams.url.replace('127.0.0.1', 'localhost'));
    await kv!.step();
    expect(await rows()).toMatchObject([{ server: 'streams', figures: { use: 'both' } }]);
    const said = logged.filter(({ finding }) => finding === 'shared-server');
    expect(said).toHaveLength(1);
    kv!.stop();
    await open();
    expect(await rows()).toMatchObject([{ server: 'streams', figures: { use: 'both' } }]);
  });

  it('that are gone keep their row for a while', async () => {
    await open(ofCache.url);
    await postgres.query(
      `update log.kv_figures set updated_at = now() - interval '5 minutes', node = 'a'
       where server = 'cache'`,
    );
    await kv!.step();
    expect((await rows()).map(({ node }) => node)).toContain('a');
    await postgres.query(`update log.kv_figures set updated_at = now() - interval '11 minutes'`);
    await kv!.step();
    expect((await rows()).map(({ node }) => node)).not.toContain('a');
  });
});

describe('a cache', () => {
  it('that evicts should have more', async () => {
    await open(ofCache.url);
    expect(await advised('cache')).not.toContain('evictions-rising');
    await contents(3_000);
    expect(await advised('cache')).toContain('evictions-rising');
    expect((await figuresOf('cache')).evictedKeys).toBeGreaterThan(0);
  });

  it('that also has no limit is told of that first', async () => {
    await open(ofCache.url);
    await contents(3_000);
    await cache.config('SET', 'maxmemory', 0);
    expect((await advised('cache')).slice(0, 2)).toEqual(['no-maxmemory', 'evictions-rising']);
    await cache.config('SET', 'maxmemory', 16 * MIB);
  });

  it('in which too little is found should have more', async () => {
    await open(ofCache.url);
    await contents(300, 10);
    const look = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, at) =>
          cache.get(cacheKeys.gitRevision(scope, 'r', String(from + at)).name),
        ),
      );
    await look(0, 300);
    expect(await advised('cache')).not.toContain('low-hit-ratio');
    await look(10_000, 100);
    expect(await advised('cache')).toContain('low-hit-ratio');
    expect((await figuresOf('cache')).hitRatio).toBe(0.75);
  });

  it('of which little was used for an hour should have less', async () => {
    await contents(10);
    await open(ofCache.url);
    expect(await advised('cache')).not.toContain('memory-unused');
    const long = `select jsonb_agg(h || jsonb_build_object('minute', (h ->> 'minute')::bigint - back))
      from jsonb_path_query(history, '$[0]') h, generate_series(59, 1, -1) back`;
    await postgres.query(`update log.kv_figures set history = (${long}) || history`);
    await kv!.resume();
    expect(await advised('cache')).toContain('memory-unused');
  });
});

describe('streams', () => {
  it('that are refused for lack of memory should have more', async () => {
    await open(ofCache.url);
    await streams.config('SET', 'maxmemory', '1');
    await expect(streams.xadd(stream, '1-0', 'f', 'v')).rejects.toThrow('OOM');
    expect(await advised('streams')).toContain('delayed-by-memory');
    await streams.config('SET', 'maxmemory', 64 * MIB);
  });

  it.each([
    [60, 'maxmemory-above-memory'],
    [75, 'maxmemory-too-near'],
    [2_000, 'maxmemory-small'],
  ])('in a container of %i MB: %s', async (mib, code) => {
    const memory = { bytes: mib * MIB, of: 'container' as const };
    const readState: KvParts['readState'] = async (information, host) => ({
      ...(await stateOf(information, host)),
      memory,
    });
    await open(ofCache.url, { readState });
    expect(await advised('streams')).toContain(code);
    expect((await figuresOf('streams')).containerBytes).toBe(mib * MIB);
  });
});

nativeRedisOrSkip('a server that cannot write to its disk', () => {
  it('is told of', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'skein-kv-'));
    const server = await startRedis({ kind: 'native', directory });
    const redis = new Redis(server.url);
    await open(server.url);
    await waitFor(async () => !(await advised('cache')).includes('persistence-fails'));
    await rm(directory, { recursive: true });
    await redis.bgsave().catch(() => undefined);
    await waitFor(async () => (await advised('cache')).includes('persistence-fails'));
    redis.disconnect();
    await server.kill();
    await server.stop();
  });
});
