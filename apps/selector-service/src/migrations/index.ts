import { Selector1800000000000 } from './1-selector.js';

/** In the order in which they run. */
export const migrations = [Selector1800000000000];
