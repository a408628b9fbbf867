import { parseRedisUrl } from '@skein/redis';
import { Redis, type RedisOptions } from 'ioredis';

const again = () => 200;

function whereabouts(url: string): RedisOptions {
  const { kind, addresses, service } = parseRedisUrl(url);
  if (kind === 'standalone') return addresses[0];
  if (kind === 'cluster') throw new Error('a cluster needs a client of its own');
  // No failoverDetector: it ends the client for good when it meets a connection that is being made.
  const patience = { sentinelCommandTimeout: 1_000, connectTimeout: 1_000 };
  return { sentinels: [...addresses], name: service!, sentinelRetryStrategy: again, ...patience };
}

/**
 * A connection to the server, or to the one that is primary for Sentinel, for what looks at it from outside. A former
 * primary is left once it is a replica: Sentinel then ends its connections.
 */
export function connectRedis(url: string): Redis {
  const client = new Redis({ ...whereabouts(url), retryStrategy: again });
  // It is broken on purpose.
  client.on('error', () => undefined);
  return client;
}
