import { IsInt, IsOptional, Matches, Min } from 'class-validator';
import { FetchingConfig } from './fetching-config.js';
import type { RedisConfig } from './redis-config.js';
import {
  CLUSTER_URL,
  EntersRedis,
  MORE_FORMS,
  redisOf,
  SERVER_FORMS,
  SERVER_URL,
} from './redis-login.js';
import { FromEnvironment } from './setting.js';

const CACHE = { property: 'cacheRedis', variable: 'SKEIN_CACHE_REDIS' };
const NO_CLUSTER =
  'what a template version has spreads over the slots of a cluster, so the cache must be one server, or one behind Sentinels';
const MIB = 1024 * 1024;

export interface CacheRedis {
  cacheRedisUrl?: string;
  /** As libs/redis takes it. */
  readonly cacheRedis: ReturnType<typeof redisOf>;
  /** One server holds the streams and the cache. */
  readonly cacheIsShared: boolean;
}

/** Adds how the Redis of the cache is reached, which is that of the streams by default. */
export function withCacheRedis<Config extends RedisConfig>(base: new () => Config) {
  @EntersRedis(CACHE)
  class Caching extends (base as new () => RedisConfig) implements CacheRedis {
    @FromEnvironment(
      'SKEIN_CACHE_REDIS_URL',
      'the Redis that holds the cache, no cluster; without it that of the streams, which is not advised',
    )
    @IsOptional()
    @Matches(SERVER_URL, { message: ({ value }) => messageFor(String(value)) })
    cacheRedisUrl?: string;

    get cacheRedis() {
      return this.cacheIsShared ? this.streamRedis : redisOf(this, CACHE);
    }

    get cacheIsShared(): boolean {
      return this.cacheRedisUrl === undefined;
    }
  }
  return Caching as new () => Config & CacheRedis;
}

function messageFor(url: string): string {
  const reason = CLUSTER_URL.test(url) ? `: ${NO_CLUSTER}` : '';
  return `$property must be ${SERVER_FORMS}, ${MORE_FORMS}${reason}`;
}

/** What a service needs on top that keeps what it fetched in the cache. */
export class CacheConfig extends withCacheRedis(FetchingConfig) {
  @FromEnvironment('SKEIN_CACHE_LIFETIME_MS', 'so long after it was written a content is dropped')
  @IsInt()
  @Min(1_000)
  cacheLifetimeMs: number = 86_400_000;

  @FromEnvironment(
    'SKEIN_CACHE_LEASE_MS',
    'after so long without a sign of life of who fetches a content, another one fetches it',
  )
  @IsInt()
  @Min(500)
  cacheLeaseMs: number = 15_000;

  @FromEnvironment('SKEIN_CACHE_COMPRESS_ABOVE', 'contents of more bytes are kept compressed')
  @IsInt()
  @Min(0)
  cacheCompressAbove: number = 1_024;

  @FromEnvironment(
    'SKEIN_CACHE_MAXIMUM_VALUE_BYTES',
    'contents that take more bytes, compressed, are not kept',
  )
  @IsInt()
  @Min(1)
  cacheMaximumValueBytes: number = 4 * MIB;

  /** As libs/cache takes it, but for the name of the connection and what seals. */
  get cacheSettings() {
    return {
      redis: this.cacheRedis,
      lifetimeMs: this.cacheLifetimeMs,
      leaseMs: this.cacheLeaseMs,
      compressAbove: this.cacheCompressAbove,
      maximumBytes: this.cacheMaximumValueBytes,
    };
  }
}
