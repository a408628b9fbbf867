/** Handles what is in the queue of a rival. */
import { rivals, type Rival, type RivalName } from '../rivals/rivals.js';
import { given, serve } from './serve.js';

const rival: Rival = rivals[given('BENCH_RIVAL') as RivalName];
const handler = await rival.handle!({
  redisUrl: given('BENCH_REDIS_URL'),
  databaseUrl: given('BENCH_DATABASE_URL'),
});

serve({ handled: (count: number) => handler.handled(count) }, () => handler.close());
