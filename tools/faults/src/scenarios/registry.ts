import type { Scenario } from '../scenario.js';
import { consumerFrozen } from './consumer-frozen.js';
import { foreignTransaction } from './foreign-transaction.js';
import { killService } from './kill-service.js';
import { postgresKilled } from './postgres-killed.js';
import { redisDown } from './redis-down.js';
import { redisFlushall } from './redis-flushall.js';
import { rollingStop } from './rolling-stop.js';
import { serviceStopped } from './service-stopped.js';
import { streamDamage } from './stream-damage.js';
import { twoBuilds } from './two-builds.js';

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  redisFlushall,
  killService,
  twoBuilds,
  redisDown,
  streamDamage,
  consumerFrozen,
  rollingStop,
  serviceStopped,
  foreignTransaction,
  postgresKilled,
];
