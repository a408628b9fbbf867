import { Redis } from 'ioredis';
import { entryOf } from '../engine.js';
import { happenings } from '../payload.js';
import type { Rival } from './rival.js';

const KEY = 'bench:raw';

/** Plain XADD from the same client library, a whole batch in one pipeline: always the same entry, as Skein's streams have it. */
export const rawXadd: Rival = {
  produce: async ({ redisUrl }) => {
    const redis = new Redis(redisUrl);
    const entry = entryOf(happenings(0, 1)[0]!);
    return {
      add: async (all) => {
        const pipeline = redis.pipeline();
        all.forEach(() => pipeline.xadd(KEY, '*', ...entry));
        await pipeline.exec();
      },
      close: async () => redis.disconnect(),
    };
  },
};
