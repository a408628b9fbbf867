import { setTimeout as sleep } from 'node:timers/promises';
import { findNativeRedis } from '@skein/testing';
import type { Scenario } from '../scenario.js';

const awayMs = 60_000;
const sayEveryMs = 10_000;

export const redisDown: Scenario = {
  name: 'redis-down-60s',
  title: 'Redis is killed, stays away for a minute, and comes back with its file or empty',
  quick: false,
  obstacle: () =>
    findNativeRedis() ? undefined : 'no redis-server was found: only that one has a file',
  run: async ({ stage, writers, random, say }) => {
    const withItsFile = random.between(0, 1) === 1;
    await stage.redis.kill();
    say('Redis is killed');
    const before = writers.acknowledged.length;
    for (let leftMs = awayMs; leftMs > 0; leftMs -= sayEveryMs) {
      const then = writers.acknowledged.length;
      await sleep(sayEveryMs);
      if (writers.acknowledged.length === then)
        throw new Error(`no write was answered for ${sayEveryMs} ms`);
      say(`${writers.acknowledged.length - before} writes were acknowledged without Redis`);
    }
    await (withItsFile ? stage.redis.restart() : stage.restartRedisEmpty());
    say(`Redis is back, ${withItsFile ? 'with its file' : 'empty'}`);
  },
};
