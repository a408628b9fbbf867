import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@skein/testing';
import type { Redis } from 'ioredis';
import type { Scenario } from '../scenario.js';
import { hearEvicted } from '../stage/evicted-streams.js';
import { numberIn } from '../stage/redis-information.js';

/** What the cache may have beside the streams. */
const roomBytes = 2_000_000;
const valueBytes = 20_000;
const keysAtOnce = 20;
const keptSeconds = 600;
const evictedWithinMs = 30_000;

/** Writes what a cache would, each key once, until so many streams in all were evicted; answers how many keys. */
async function flood(redis: Redis, evicted: readonly string[], wanted: number): Promise<number> {
  const value = 'x'.repeat(valueBytes);
  let keys = 0;
  await waitFor(
    async () => {
      const pipeline = redis.pipeline();
      for (let left = keysAtOnce; left > 0; left -= 1) {
        pipeline.set(`cache:${randomUUID()}`, value, 'EX', keptSeconds);
      }
      await pipeline.exec();
      keys += keysAtOnce;
      return evicted.length >= wanted;
    },
    { timeoutMs: evictedWithinMs, intervalMs: 1, message: 'Redis to evict streams' },
  );
  return keys;
}

export const cacheFlood: Scenario = {
  name: 'cache-flood',
  title: 'floods of cache keys under allkeys-lru make Redis evict the streams',
  quick: false,
  run: async ({ stage, random, say, atEnd }) => {
    const redis = stage.redisClient;
    const { streams, close } = await hearEvicted(redis);
    atEnd(async () => close());
    const limit = (await numberIn(redis, 'memory', 'used_memory')) + roomBytes;
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.config('SET', 'maxmemory', limit);
    say(`Redis may have ${limit} bytes, until the end; it evicts what was not used for longest`);
    for (let times = random.between(3, 6); times > 0; times -= 1) {
      const before = streams.length;
      const keys = await flood(redis, streams, before + random.between(2, 6));
      say(`${keys} cache keys are written; evicted: ${streams.slice(before).join(', ')}`);
      await sleep(random.between(100, 1_500));
    }
    const count = await numberIn(redis, 'stats', 'evicted_keys');
    say(`${count} keys were evicted, ${streams.length} of them streams`);
  },
};
