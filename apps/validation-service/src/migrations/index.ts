import { Validation1800000000000 } from './1-validation.js';

/** In the order in which they run. */
export const migrations = [Validation1800000000000];
