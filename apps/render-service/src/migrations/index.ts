import { Render1800000000000 } from './1-render.js';

/** In the order in which they run. */
export const migrations = [Render1800000000000];
