import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig, RedisConfig, withCacheRedis } from '@skein/config';
import { openRedis, parseRedisUrl } from '@skein/redis';
import type { Address, RedisPlace, RedisSettings } from '@skein/redis';
import type { Cluster, Redis } from 'ioredis';

export interface GivenRedis {
  readonly url: string;
  readonly description: string;
  readonly warning?: string;
}

export interface GivenOptions {
  readonly use: 'streams' | 'cache';
  /** Any form that the services take; none of the cache is a cluster. */
  readonly url: string;
  /** What the services get: user, password and TLS may stand beside the URL. */
  readonly environment: NodeJS.ProcessEnv;
  /** How long the servers may take to answer. */
  readonly waitMs?: number;
}

type Settings = Omit<RedisSettings, 'name' | 'logger'>;

const usualWaitMs = 5_000;
/** For the settings of one node, when the cluster itself has answered. */
const nodeWaitMs = 2_000;

/**
 * Looks whether the services can use these servers, in their own way.
 * @throws when they cannot, naming the servers and the reason, within the time
 */
export async function checkGivenRedis(options: GivenOptions): Promise<GivenRedis> {
  const { use, waitMs = usualWaitMs } = options;
  const settings = settingsOf(options);
  const place = parseRedisUrl(settings.url);
  const servers = nameOf(place);
  let reason = `there was no answer within ${waitMs / 1_000} s`;
  const warn = (fields: object) => (reason = (fields as { reason: string }).reason);
  const logger = { debug: ignore, info: ignore, warn, error: ignore };
  const redis = openRedis({ ...settings, name: 'skein-start', logger });
  try {
    const late = sleep(waitMs, undefined, { ref: false }).then(() =>
      Promise.reject(new Error(reason)),
    );
    await Promise.race([redis.ping(), late]);
    const warning = use === 'streams' ? evictionWarning(await evicting(redis, place)) : undefined;
    return { url: settings.url, description: `${use} on ${servers}`, ...(warning && { warning }) };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The Redis of the ${use} (${servers}) cannot be used: ${message}`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}

const ignore = () => undefined;

class GivenConfig extends withCacheRedis(RedisConfig) {}

/** @throws when they are not valid, saying what is known */
function settingsOf({ use, url, environment }: GivenOptions): Settings {
  const prefix = use === 'streams' ? 'SKEIN_STREAM_REDIS_' : 'SKEIN_CACHE_REDIS_';
  const own = Object.entries(environment).filter(([variable]) => variable.startsWith(prefix));
  const config = readConfig(GivenConfig, {
    ...{ SKEIN_DATABASE_URL: 'postgres://unused', SKEIN_STREAM_REDIS_URL: 'redis://unused' },
    ...Object.fromEntries(own),
    [`${prefix}URL`]: url,
  });
  return use === 'streams' ? config.streamRedis : config.cacheRedis;
}

function nameOf({ kind, addresses, service }: RedisPlace): string {
  const list = addresses.map(textOf).join(', ');
  if (kind === 'standalone') return list;
  return kind === 'cluster' ? `the cluster of ${list}` : `${service} of the Sentinels ${list}`;
}

function textOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The servers that may evict keys, and by which policy: of a cluster, all primaries that can be reached. */
async function evicting(redis: Redis, place: RedisPlace): Promise<string[]> {
  const cluster = redis as unknown as Cluster;
  const nodes = place.kind === 'cluster' ? cluster.nodes('master') : [redis];
  const found = await Promise.all(
    nodes.map(async (node) => {
      const policy = await policyOf(node);
      if (policy === undefined || policy === 'noeviction') return [];
      const { host = '', port = 0 } = node.options;
      return [`${place.kind === 'cluster' ? textOf({ host, port }) : nameOf(place)}: ${policy}`];
    }),
  );
  return found.flat().sort();
}

async function policyOf(node: Redis): Promise<string | undefined> {
  const answer = node.info('memory').catch(() => '');
  const late = sleep(nodeWaitMs, '', { ref: false });
  return /maxmemory_policy:(\S+)/.exec(await Promise.race([answer, late]))?.[1];
}

function evictionWarning(found: string[]): string | undefined {
  if (found.length === 0) return undefined;
  return `The Redis of the streams may evict keys (${found.join('; ')}); it should have noeviction. Skein restores what is evicted.`;
}
