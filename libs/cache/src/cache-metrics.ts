import { meter } from '@skein/telemetry';

/** How an asker got its content. */
export type CacheResult = 'hit' | 'fetched' | 'waited' | 'too-large' | 'unreadable' | 'away';

export interface CacheMetrics {
  count(result: CacheResult): void;
}

/** Counts for whoever watches; made once for each cache. */
export function cacheMetrics(): CacheMetrics {
  const asked = meter().createCounter('skein_cache_asked', {
    description: 'Contents that were asked for, by how they were got.',
  });
  return { count: (result) => asked.add(1, { result }) };
}
