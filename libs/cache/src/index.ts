export { cacheKeys } from './cache-keys.js';
export type { CacheKey, CacheScope } from './cache-keys.js';
export type { CachePlace, ContentCache, WantedContent } from './content-cache.js';
export { openCache } from './open-cache.js';
export type { CacheSettings, OpenedCache } from './open-cache.js';
export type { ValueSealer } from './value-codec.js';
export {
  openCounters,
  SharedCounters,
  type Counts,
  type OpenedCounters,
} from './shared-counters.js';
