import { Rollout1800000000000 } from './1-rollout.js';
import { Outcomes1800000000001 } from './2-outcomes.js';
import { Control1800000000002 } from './3-control.js';

/** In the order in which they run. */
export const migrations = [Rollout1800000000000, Outcomes1800000000001, Control1800000000002];
