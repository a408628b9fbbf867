/** Adds happenings to the queue of a rival. */
import { happenings } from '../payload.js';
import { rivals, type RivalName } from '../rivals/rivals.js';
import type { Appending } from './appender.process.js';
import { given, serve } from './serve.js';

const producer = await rivals[given('BENCH_RIVAL') as RivalName].produce({
  redisUrl: given('BENCH_REDIS_URL'),
  databaseUrl: given('BENCH_DATABASE_URL'),
});

async function append({ from, count, batch }: Appending): Promise<void> {
  for (let next = from; next < from + count; next += batch) {
    await producer.add(happenings(next, Math.min(batch, from + count - next)));
  }
}

serve({ append }, () => producer.close());
