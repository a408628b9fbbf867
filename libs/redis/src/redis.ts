import { Redis, type RedisOptions } from 'ioredis';

export interface RedisSettings {
  readonly url: string;
  /** Shown in CLIENT LIST. */
  readonly name: string;
}

const options: RedisOptions = {
  lazyConnect: true,
  maxRetriesPerRequest: null,
  enableOfflineQueue: true,
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
};

function connect(settings: RedisSettings, more: RedisOptions): Redis {
  const redis = new Redis(settings.url, { ...options, connectionName: settings.name, ...more });
  // ioredis ends the process on an error that nobody hears; it connects again by itself.
  redis.on('error', () => undefined);
  return redis;
}

/** A connection that waits for Redis as long as it takes: for blocking reads and for the replayer. */
export function openRedis(settings: RedisSettings): Redis {
  return connect(settings, {});
}

/** A connection whose commands fail at once while Redis is away: for hints that may be lost. */
export function openHintRedis(settings: RedisSettings): Redis {
  return connect(settings, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
  });
}
