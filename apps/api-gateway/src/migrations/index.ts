import { Gateway1800000000000 } from './1-gateway.js';

/** In the order in which they run. */
export const migrations = [Gateway1800000000000];
