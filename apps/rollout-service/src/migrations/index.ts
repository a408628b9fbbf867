import { Rollout1800000000000 } from './1-rollout.js';

/** In the order in which they run. */
export const migrations = [Rollout1800000000000];
