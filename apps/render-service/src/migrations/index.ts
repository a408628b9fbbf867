import { Render1800000000000 } from './1-render.js';
import { Queue1800000000001 } from './2-queue.js';

/** In the order in which they run. */
export const migrations = [Render1800000000000, Queue1800000000001];
