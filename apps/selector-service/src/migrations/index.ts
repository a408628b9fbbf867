import { Selector1800000000000 } from './1-selector.js';
import { Scans1800000000001 } from './2-scans.js';

/** In the order in which they run. */
export const migrations = [Selector1800000000000, Scans1800000000001];
