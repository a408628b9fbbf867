import { Render1800000000000 } from './1-render.js';
import { Queue1800000000001 } from './2-queue.js';
import { Frozen1800000000002 } from './3-frozen.js';
import { Shown1800000000003 } from './4-shown.js';
import { Cached1800000000004 } from './5-cached.js';

/** In the order in which they run. */
export const migrations = [
  Render1800000000000,
  Queue1800000000001,
  Frozen1800000000002,
  Shown1800000000003,
  Cached1800000000004,
];
