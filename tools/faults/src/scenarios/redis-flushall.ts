import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

export const redisFlushall: Scenario = {
  name: 'redis-flushall',
  title: 'Redis is emptied several times while everything runs',
  quick: true,
  run: async ({ stage, random, say }) => {
    for (let times = random.between(2, 5); times > 0; times -= 1) {
      await stage.redisClient.flushall();
      say('FLUSHALL');
      await sleep(random.between(50, 1_500));
    }
  },
};
