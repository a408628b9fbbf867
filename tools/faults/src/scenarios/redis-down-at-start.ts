import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '@skein/testing';
import type { Scenario } from '../scenario.js';

export const redisDownAtStart: Scenario = {
  name: 'redis-down-at-start',
  title: 'the services start without Redis, which comes seconds later',
  quick: false,
  openRedis: async (folder, resources) => {
    const server = await startRedis({ directory: join(folder, 'redis') });
    resources.defer(() => server.stop());
    // Its port stays known.
    await server.kill();
    return server;
  },
  run: async ({ stage, writers, random, say }) => {
    const before = writers.acknowledged.length;
    await sleep(random.between(2_000, 6_000));
    const written = writers.acknowledged.length;
    if (before === 0 || written === before) throw new Error('no write was answered without Redis');
    if (stage.redis.pid) throw new Error('Redis runs already');
    say(`${written} writes were acknowledged before there was a Redis`);
    await stage.redis.restart();
    say('Redis is there');
  },
};
