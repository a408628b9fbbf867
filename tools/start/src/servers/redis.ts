import { join } from 'node:path';
import { parseRedisUrl } from '@skein/redis';
import { startRedis } from '@skein/testing';
import type { RedisServer } from '@skein/testing';
import { cacheServerFlags, streamServerFlags } from './cache-server.js';
import { checkGivenRedis } from './given-redis.js';
import type { GivenRedis } from './given-redis.js';
import type { OwnServer } from './own-server.js';

export interface RedisPair {
  readonly streamUrl: string;
  /** Undefined when it is the streams' server, which is entered in the same way. */
  readonly cacheUrl: string | undefined;
  readonly description: string;
  /** What a person should know, such as that data are in memory only. */
  readonly warnings: readonly string[];
  readonly own: readonly OwnServer[];
}

export interface RedisOptions {
  readonly stream: string | undefined;
  readonly cache: string | undefined;
  /** Where an own stream server keeps its data; undefined: in a temporary folder. */
  readonly directory: string | undefined;
  /** What the services get; ours by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

interface One extends GivenRedis {
  readonly own?: OwnServer;
  readonly isShared?: boolean;
}

/** Two servers, one for the streams and one for the cache: those that are given, and our own for what is missing. */
export async function provideRedis(options: RedisOptions): Promise<RedisPair> {
  const { stream, directory, environment = process.env } = options;
  const forStreams: One = stream
    ? await checkGivenRedis({ use: 'streams', url: stream, environment })
    : await startOwn('stream', streamServerFlags, directory);
  try {
    const forCache = await cacheFor(forStreams, { ...options, environment });
    const both = [forStreams, forCache];
    return {
      streamUrl: forStreams.url,
      cacheUrl: forCache.isShared ? undefined : forCache.url,
      description: both.map(({ description }) => description).join('; '),
      warnings: both.flatMap(({ warning }) => warning ?? []),
      own: both.flatMap(({ own }) => own ?? []),
    };
  } catch (error) {
    await forStreams.own?.server.stop();
    throw error;
  }
}

async function cacheFor(streams: One, options: Required<RedisOptions>): Promise<One> {
  const { stream, cache, environment } = options;
  if (cache) return checkGivenRedis({ use: 'cache', url: cache, environment });
  // Of a cluster the cache can make no use.
  if (!stream || parseRedisUrl(stream).kind === 'cluster') {
    return startOwn('cache', cacheServerFlags(environment));
  }
  return {
    url: streams.url,
    isShared: true,
    description: 'the cache is on the same server',
    warning:
      'The cache shares the Redis of the streams, since only SKEIN_STREAM_REDIS_URL is set: nothing is lost by that, ' +
      'but a full cache leaves the streams less room.',
  };
}

async function startOwn(
  role: 'stream' | 'cache',
  flags: string[],
  directory?: string,
): Promise<One> {
  const server = await startRedis({
    ...{ role, arguments: flags },
    ...(directory && { directory: join(directory, `redis-${role}`) }),
  });
  const name = role === 'stream' ? 'Redis of the streams' : 'Redis of the cache';
  return {
    url: server.url,
    description: `${role === 'stream' ? 'streams' : 'cache'} on ${server.version}, ${placeOf(server, role)}`,
    own: { name, server },
    ...(role === 'stream' && server.kind === 'embedded' && { warning: inMemoryOnly }),
  };
}

const inMemoryOnly =
  'No redis-server or valkey-server was found on the PATH, so the streams are in an embedded one, in memory only. ' +
  'Skein survives its loss: PostgreSQL has everything, and the streams are filled again.';

function placeOf({ kind, port }: RedisServer, role: string): string {
  if (kind === 'embedded') return `embedded, port ${port}`;
  return `${role === 'stream' ? 'append-only file' : 'nothing on disk'}, port ${port}`;
}
