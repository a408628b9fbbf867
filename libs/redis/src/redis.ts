import type { Logger } from '@skein/telemetry';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { liveOptions, makeLive, type RedisCredentials } from './live-options.js';
import { PatientCluster } from './patient-cluster.js';
import { PatientRedis } from './patient-redis.js';
import { parseRedisUrl, type RedisPlace } from './redis-url.js';
import { report, withoutArguments } from './report.js';
import { watch, watchSubscriber } from './watch.js';

export interface RedisSettings extends RedisCredentials {
  /** Such as `redis://host:6379`; see {@link parseRedisUrl} for Sentinel, Cluster and TLS. */
  readonly url: string;
  /** Shown in CLIENT LIST. */
  readonly name: string;
  /** Told, once, why Redis cannot be used. */
  readonly logger?: Logger | undefined;
}

/** What the two kinds of connections differ in. */
type Patience = Pick<
  RedisOptions,
  'enableOfflineQueue' | 'maxRetriesPerRequest' | 'commandTimeout'
>;

/** In milliseconds. */
const retry = (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000);

/**
 * A try asks one node, drawn by lot, whether the cluster is well, and fails when that one is away:
 * with one of three away, six in a row fail once in 729 times. So the first ones follow at once.
 */
const CLUSTER_TRIES_AT_ONCE = 10;
export const retryCluster = (times: number) => retry(Math.max(times - CLUSTER_TRIES_AT_ONCE, 0));

const options = {
  lazyConnect: true,
  connectTimeout: 5_000,
  keepAlive: 10_000,
  maxLoadingRetryTime: 1_000,
  // CLIENT SETINFO came with 7.2; an older server would count an error for each connection.
  disableClientInfo: true,
  // A former primary, behind an address that now leads to another one.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
} satisfies RedisOptions;

function whereabouts({
  kind,
  addresses,
  service,
  tls,
  database,
}: RedisPlace): Omit<RedisOptions, 'replyMapping'> {
  if (kind !== 'sentinel') return { ...addresses[0], db: database, ...(tls && { tls: {} }) };
  return {
    sentinels: [...addresses],
    name: service,
    role: 'master',
    db: database,
    sentinelRetryStrategy: retry,
    sentinelCommandTimeout: 2_000,
    enableTLSForSentinelMode: tls,
  };
}

function openOne(place: RedisPlace, settings: RedisSettings, patience: Patience): Redis {
  const redis = new PatientRedis({
    ...options,
    retryStrategy: retry,
    connectionName: settings.name,
    ...whereabouts(place),
    ...patience,
  });
  makeLive(redis, liveOptions(place, settings));
  watch(redis);
  return redis;
}

function openCluster(place: RedisPlace, settings: RedisSettings, patience: Patience): Cluster {
  const { enableOfflineQueue, ...ofNodes } = patience;
  const cluster = new PatientCluster(place.addresses, {
    lazyConnect: true,
    enableOfflineQueue,
    clusterRetryStrategy: (times, reason) => {
      // That no host was found is told nowhere else.
      if (reason) cluster.emit('error', reason);
      return retryCluster(times);
    },
    slotsRefreshTimeout: 2_000,
    // Certificates bear names, not addresses.
    ...(place.tls && { dnsLookup: (host, callback) => callback(null, host) }),
    redisOptions: {
      ...options,
      ...ofNodes,
      connectionName: settings.name,
      ...(place.tls && { tls: {} }),
    },
  });
  const live = liveOptions(place, settings);
  cluster.on('+node', (node: Redis) => {
    makeLive(node, live);
    node.on('error', withoutArguments);
    watch(node);
  });
  watchSubscriber(cluster);
  cluster.on('node error', ({ message }: Error) => {
    // Its subscriber would try again without any pause; the whole client pauses.
    if (cluster.status === 'ready' && /^(NOAUTH|WRONGPASS)/.test(message)) cluster.disconnect(true);
  });
  return cluster;
}

function open(settings: RedisSettings, patience: Patience): Redis {
  const place = parseRedisUrl(settings.url);
  const redis =
    place.kind === 'cluster'
      ? openCluster(place, settings, patience)
      : openOne(place, settings, patience);
  report(redis, settings.name, settings.logger);
  // A cluster's client takes the same commands, each to the node of its key.
  return redis as Redis;
}

/**
 * A connection that waits for Redis as long as it takes: for blocking reads and for the replayer. A
 * blocking command must end by itself within 5 s. Commands fail while Redis refuses the login.
 * On a cluster each command must touch one slot, and also fails while a slot has no node for seconds.
 * @throws RedisUrlInvalid, or an error of node:tls for a certificate that is none
 */
export function openRedis(settings: RedisSettings): Redis {
  return open(settings, { enableOfflineQueue: true, maxRetriesPerRequest: null });
}

/**
 * A connection whose commands fail at once while Redis is away: for hints that may be lost.
 * @throws as {@link openRedis}
 */
export function openHintRedis(settings: RedisSettings): Redis {
  return open(settings, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
  });
}
