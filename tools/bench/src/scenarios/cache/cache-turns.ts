import { Redis } from 'ioredis';
import { cacheAt } from '../../cache-at.js';
import { Child, ownProcess } from '../../child.js';
import { now } from '../../clock.js';
import type { Answered, Question } from '../../processes/asker.process.js';
import type { Bench } from '../../scenario.js';

export const PROCESSES = 4;
export const ASKERS = 200;
export const IN_FLIGHT = 50;
const FETCH_MS = 100;
const WARM_UP = 5_000;
const COUNT = 50_000;

/** What one asker waits for one answer, in microseconds of one process that always has 50 questions open. */
export interface Cost {
  readonly microseconds: number;
}

export interface Miss {
  readonly fetches: number;
  readonly milliseconds: number;
}

/** As many at once as are in flight, until all are asked. */
async function costOf(ask: () => Promise<unknown>): Promise<Cost> {
  const run = async (count: number) => {
    let left = count;
    const one = async () => {
      while (left-- > 0) await ask();
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  };
  await run(WARM_UP);
  const began = now();
  await run(COUNT);
  return { microseconds: ((now() - began) * 1_000) / COUNT };
}

/** One cache in this process, and askers in others. */
export class CacheTurns {
  private misses = 0;

  private constructor(
    private readonly redis: Redis,
    private readonly here: Awaited<ReturnType<typeof cacheAt>>,
    private readonly askers: readonly Child[],
  ) {}

  static async prepare({ servers, closing }: Bench): Promise<CacheTurns> {
    const { redisUrl } = servers;
    const redis = new Redis(redisUrl);
    closing.add(() => redis.disconnect());
    const here = await cacheAt(redisUrl);
    closing.add(() => here.close());
    const start = async () => {
      const child = await Child.start(ownProcess('asker'), { BENCH_REDIS_URL: redisUrl });
      closing.add(() => child.stop());
      return child;
    };
    const askers = await Promise.all(Array.from({ length: PROCESSES }, start));
    const { cache, keyOf, content } = here;
    await cache.agree({ key: keyOf('plain') }, content);
    await cache.agree({ key: keyOf('secret'), secret: true }, content);
    return new CacheTurns(redis, here, askers);
  }

  /** The same bytes, asked for by the client alone. */
  get(): Promise<Cost> {
    const { name } = this.here.keyOf('plain');
    return costOf(() => this.redis.getBuffer(name));
  }

  hit(path: 'plain' | 'secret'): Promise<Cost> {
    const { cache, keyOf } = this.here;
    const fetch = () => Promise.reject(new Error('it was not in the cache'));
    const wanted = { key: keyOf(path), secret: path === 'secret', fetch };
    const never = new AbortController().signal;
    return costOf(() => cache.getOrFetch(wanted, never));
  }

  /** All ask at once for a content that is not there. */
  async miss(): Promise<Miss> {
    this.misses += 1;
    const question: Question = {
      path: `missing ${this.misses}`,
      askers: ASKERS / PROCESSES,
      fetchMs: FETCH_MS,
    };
    const asking = this.askers.map((asker) => asker.call<Answered>('ask', question));
    const answers = await Promise.all(asking);
    return {
      fetches: answers.reduce((sum, { fetches }) => sum + fetches, 0),
      milliseconds: Math.max(...answers.map(({ milliseconds }) => milliseconds)),
    };
  }
}
