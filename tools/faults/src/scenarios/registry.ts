import type { Scenario } from '../scenario.js';
import { killService } from './kill-service.js';
import { redisDown } from './redis-down.js';
import { redisFlushall } from './redis-flushall.js';
import { twoBuilds } from './two-builds.js';

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [redisFlushall, killService, twoBuilds, redisDown];
