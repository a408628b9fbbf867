import type { Scenario } from '../scenario.js';
import { consumerFrozen } from './consumer-frozen.js';
import { foreignTransaction } from './foreign-transaction.js';
import { gatewayReplicas } from './gateway.js';
import { healthy } from './healthy.js';
import { killService } from './kill-service.js';
import { postgresKilled } from './postgres-killed.js';
import { redisDown } from './redis-down.js';
import { redisFlushall } from './redis-flushall.js';
import { rollingStop } from './rolling-stop.js';
import { serviceStopped } from './service-stopped.js';
import { streamDamage } from './stream-damage.js';
import { twoBuilds } from './two-builds.js';
import { cacheFlood } from './cache-flood.js';
import { eviction } from './eviction.js';
import { redisOutOfMemory } from './redis-out-of-memory.js';
import { deliveredAgain } from './delivered-again.js';
import { redisDiskFull } from './redis-disk-full.js';
import { poisonEntries } from './poison-entries.js';
import { poisonHandlers } from './poison-handlers.js';
import { poisonLog } from './poison-log.js';
import { redisDownAtStart } from './redis-down-at-start.js';
import { sentinelFailover } from './sentinel-failover.js';
import { sentinelPartition } from './sentinel-partition.js';
import { killPointsScenario } from './kill-points.js';
import { twoReplayers } from './two-replayers.js';
import { slowNetwork } from './slow-network.js';
import { postgresRestored } from './postgres-restored.js';
import { rollout } from './rollout.js';
import { postgresDiskFull } from './postgres-disk-full.js';

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  healthy,
  redisFlushall,
  killService,
  twoBuilds,
  redisDown,
  streamDamage,
  consumerFrozen,
  rollingStop,
  gatewayReplicas,
  serviceStopped,
  foreignTransaction,
  postgresKilled,
  cacheFlood,
  eviction,
  redisOutOfMemory,
  deliveredAgain,
  redisDiskFull,
  poisonEntries,
  poisonLog,
  poisonHandlers,
  redisDownAtStart,
  sentinelFailover,
  sentinelPartition,
  killPointsScenario,
  twoReplayers,
  slowNetwork,
  postgresRestored,
  postgresDiskFull,
  rollout,
];
