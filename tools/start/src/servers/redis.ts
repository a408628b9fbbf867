import { join } from 'node:path';
import { startRedis } from '@skein/testing';
import type { RedisServer } from '@skein/testing';
import { checkGivenRedis } from './given-redis.js';
import type { GivenRedis } from './given-redis.js';
import type { OwnServer } from './own-server.js';

export interface RedisPair {
  readonly streamUrl: string;
  readonly cacheUrl: string;
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
}

/** Two servers, one for the streams and one for the cache: those that are given, and our own for what is missing. */
export async function provideRedis(options: RedisOptions): Promise<RedisPair> {
  const { stream, directory, environment = process.env } = options;
  const forStreams: One = stream
    ? await checkGivenRedis({ use: 'streams', url: stream, environment })
    : await startOwn('stream', directory);
  try {
    const forCache = await cacheFor(forStreams, { ...options, environment });
    const both = [forStreams, forCache];
    return {
      streamUrl: forStreams.url,
      cacheUrl: forCache.url,
      description: both.map(({ description }) => description).join('; '),
      warnings: both.flatMap(({ warning }) => warning ?? []),
      own: both.flatMap(({ own }) => own ?? []),
    };
  } catch (error) {
    await forStreams.own?.server.stop();
    throw error;
  }
}

function cacheFor(streams: One, options: Required<RedisOptions>): Promise<One> {
  const { stream, cache, environment } = options;
  if (cache) return checkGivenRedis({ use: 'cache', url: cache, environment });
  if (!stream) return startOwn('cache', undefined);
  return Promise.resolve({
    url: streams.url,
    description: 'the cache is on the same server',
    warning:
      'The cache shares the Redis of the streams, since only SKEIN_STREAM_REDIS_URL is set: nothing is lost by that, ' +
      'but a full cache leaves the streams less room.',
  });
}

async function startOwn(role: 'stream' | 'cache', directory: string | undefined): Promise<One> {
  const server = await startRedis({
    role,
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
  return `${role === 'stream' ? 'append-only file' : 'least recently used goes first'}, port ${port}`;
}
