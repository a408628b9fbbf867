import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ByteSealer, Sealer } from '@skein/blobs';
import { cacheKeys, openCache, type CacheScope, type ContentCache } from '@skein/cache';
import type { Redis } from 'ioredis';
import { StillAnswered } from '../load/still-answered.js';
import type { Scenario, Scene } from '../scenario.js';
import { hearEvicted } from '../stage/evicted-streams.js';
import { numberIn } from '../stage/redis-information.js';

/** Those that Flight Control names for its key-value store. */
const policies = ['allkeys-lru', 'volatile-lru', 'allkeys-random', 'noeviction'] as const;

/** What the cache may have beside the streams. */
const roomBytes = 2_000_000;
const valueBytes = 20_000;
const contentsAtOnce = 20;
/** Of its own for each policy: the list that `drop` goes by can be evicted too. */
const scopeOf = (policy: string) => ({ org: 'flood', fleet: 'flood', templateVersion: policy });
const repository = 'flood';
const limits = { compressAbove: valueBytes, maximumBytes: valueBytes };
const times = { lifetimeMs: 600_000, leaseMs: 15_000 };

interface Flood {
  readonly contents: number;
  readonly evicted: number;
  readonly streams: number;
  /** Commands that Redis refused for lack of memory. */
  readonly refused: number;
  readonly acknowledged: number;
}

/** What a flood must have done, or nothing is shown by it. */
const shown: Readonly<Record<(typeof policies)[number], (flood: Flood) => boolean>> = {
  'allkeys-lru': ({ evicted }) => evicted > 0,
  'allkeys-random': ({ evicted }) => evicted > 0,
  // Streams never expire.
  'volatile-lru': ({ evicted, streams }) => evicted > 0 && streams === 0,
  noeviction: ({ evicted, refused }) => evicted === 0 && refused > 0,
};

async function counters(redis: Redis) {
  const [evicted, refused] = [
    await numberIn(redis, 'stats', 'evicted_keys'),
    await numberIn(redis, 'errorstats', 'errorstat_OOM').catch(() => 0),
  ];
  return { evicted, refused };
}

/** Has contents kept, each once, as a service that fetches them would. */
async function keep(cache: ContentCache, scope: CacheScope, from: number): Promise<void> {
  const value = randomBytes(valueBytes);
  const keeping = Array.from({ length: contentsAtOnce }, (_, at) => {
    const path = `content-${from + at}`;
    const key = cacheKeys.gitContents(scope, { repository, targetRevision: 'main', path });
    return cache.agree({ key }, value);
  });
  const kept = await Promise.all(keeping);
  if (!kept.every((content) => content.equals(value))) throw new Error('another content was kept');
}

async function flood(
  { stage, writers }: Scene,
  cache: ContentCache,
  scope: CacheScope,
  { streams, forMs }: { streams: readonly string[]; forMs: number },
): Promise<Flood> {
  const before = await counters(stage.redisClient);
  const [streamsBefore, acknowledgedBefore] = [streams.length, writers.acknowledged.length];
  const answered = new StillAnswered(writers);
  let contents = 0;
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    await keep(cache, scope, contents);
    contents += contentsAtOnce;
    answered.look();
    await sleep(10);
  }
  const after = await counters(stage.redisClient);
  return {
    contents,
    evicted: after.evicted - before.evicted,
    refused: after.refused - before.refused,
    streams: streams.length - streamsBefore,
    acknowledged: writers.acknowledged.length - acknowledgedBefore,
  };
}

export const eviction: Scenario = {
  name: 'eviction',
  title: 'one Redis for streams and cache, flooded by the cache, under four eviction policies',
  quick: false,
  run: async (scene) => {
    const { stage, random, say, atEnd } = scene;
    const redis = stage.redisClient;
    const { streams, close } = await hearEvicted(redis);
    atEnd(async () => close());
    const sealer = new ByteSealer(new Sealer({ current: { id: 'flood', key: randomBytes(32) } }));
    const opened = openCache({
      redis: { url: stage.redis.url, name: 'skein-faults-cache' },
      ...{ sealer, ...limits, ...times },
    });
    atEnd(async () => opened.close());
    for (const policy of random.shuffled([...policies])) {
      const limit = (await numberIn(redis, 'memory', 'used_memory')) + roomBytes;
      await redis.config('SET', 'maxmemory-policy', policy);
      await redis.config('SET', 'maxmemory', limit);
      const scope = scopeOf(policy);
      const options = { streams, forMs: random.between(2_000, 5_000) };
      const found = await flood(scene, opened.cache, scope, options);
      say(
        `${policy}: ${found.contents} contents; ${found.evicted} keys evicted, ${found.streams} of them streams; ` +
          `${found.refused} commands refused; ${found.acknowledged} writes were acknowledged`,
      );
      if (!shown[policy](found)) throw new Error(`that shows nothing of ${policy}`);
      await opened.cache.drop(scope, repository);
      await redis.config('SET', 'maxmemory', 0);
      await sleep(random.between(200, 1_500));
    }
  },
};
