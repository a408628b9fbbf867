import type { Admitted } from './admission.js';

/** Who was let in, by the request that they sent. */
export const admitted = new WeakMap<object, Admitted>();
