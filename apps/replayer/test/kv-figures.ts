import type { Measured } from '../src/kv/kv-figures.js';

/** A cache of 100 bytes about which nothing is to be said, but for the given. */
export function figures(given: Partial<Measured> = {}): Measured {
  return {
    ...{ use: 'cache', version: 'redis 7.0.15', policy: 'allkeys-lru', containerBytes: null },
    ...{ usedBytes: 60, peakBytes: 70, maxmemoryBytes: 100, bytesByKind: null },
    ...{ evictedKeys: 0, hits: 0, misses: 0, refused: 0 },
    ...{ queueDepth: null, fragmentation: 1, appendOnly: false, persistenceOk: true },
    ...given,
  };
}
