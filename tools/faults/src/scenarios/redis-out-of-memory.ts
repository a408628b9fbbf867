import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { StillAnswered } from '../load/still-answered.js';
import type { Scenario, Scene } from '../scenario.js';
import { numberIn } from '../stage/redis-information.js';

/** What is left beside the streams, to be filled. */
const roomBytes = 2_000_000;
const valueBytes = 1_000;
const lookEveryMs = 500;

const refusals = (redis: Redis) => numberIn(redis, 'errorstats', 'errorstat_OOM');

/** Fills what is left, until Redis refuses more; answers how many keys there are then. */
async function fill(redis: Redis, from: number): Promise<number> {
  const value = 'x'.repeat(valueBytes);
  for (let at = from; ; at += 1) {
    const refused = await redis.set(`other:${at}`, value).then(
      () => undefined,
      (error: Error) => error,
    );
    if (!refused) continue;
    if (refused.message.startsWith('OOM')) return at;
    throw refused;
  }
}

/** Keeps it full; answers how often Redis refused something to others, and how many writes were acknowledged. */
async function keepFull({ stage, writers }: Scene, forMs: number) {
  const redis = stage.redisClient;
  const [refusedBefore, acknowledgedBefore] = [await refusals(redis), writers.acknowledged.length];
  const answered = new StillAnswered(writers);
  let [own, keys] = [0, 0];
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    keys = await fill(redis, keys);
    own += 1;
    await sleep(lookEveryMs);
    answered.look();
  }
  return {
    keys,
    refused: (await refusals(redis)) - refusedBefore - own,
    acknowledged: writers.acknowledged.length - acknowledgedBefore,
  };
}

async function deleteKeys(redis: Redis, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, at) => `other:${at}`);
  if (names.length > 0) await redis.unlink(...names);
}

const ends = {
  'the other keys are deleted': deleteKeys,
  'Redis may have as much as it likes': (redis: Redis) => redis.config('SET', 'maxmemory', 0),
};

export const redisOutOfMemory: Scenario = {
  name: 'redis-out-of-memory',
  title: 'Redis has no memory left and refuses writes (noeviction), and then has some again',
  quick: false,
  run: async (scene) => {
    const { stage, random, say } = scene;
    const redis = stage.redisClient;
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    for (const [what, end] of random.shuffled(Object.entries(ends))) {
      const limit = (await numberIn(redis, 'memory', 'used_memory')) + roomBytes;
      await redis.config('SET', 'maxmemory', limit);
      const { keys, refused, acknowledged } = await keepFull(scene, random.between(3_000, 7_000));
      say(
        `Redis was full with ${keys} other keys, and refused ${refused} commands of the services`,
      );
      say(`${acknowledged} writes were acknowledged meanwhile`);
      if (refused === 0) throw new Error('nothing was refused to the services');
      await end(redis, keys);
      say(what);
      await sleep(random.between(500, 3_000));
    }
  },
};
