import { openHintRedis, type RedisSettings } from '@skein/redis';
import { CacheStore } from './cache-store.js';
import { ContentCache, type CacheTimes } from './content-cache.js';
import { ValueCodec, type CodecSettings } from './value-codec.js';

export interface CacheSettings extends CacheTimes, CodecSettings {
  readonly redis: RedisSettings;
}

/** The cache, and its end. */
export interface OpenedCache {
  readonly cache: ContentCache;
  close(): void;
}

/** Does not wait for Redis: while it is away, contents are fetched without it. @throws as `openHintRedis` */
export function openCache({ redis: settings, ...rest }: CacheSettings): OpenedCache {
  const redis = openHintRedis(settings);
  // It goes on trying by itself, and says why it cannot connect.
  redis.connect().catch(() => undefined);
  const cache = new ContentCache(new CacheStore(redis), new ValueCodec(rest), rest);
  return { cache, close: () => redis.disconnect() };
}
