import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis } from './servers/redis.js';
import type { RedisOptions, RedisServer } from './servers/redis.js';

/** A place in Redis for one test file. */
export interface TestRedis {
  url: string;
  /** What every key of the test starts with. */
  prefix: string;
  /** Whether the server is the test's own, so that FLUSHALL and a crash hurt nobody else. */
  owned: boolean;
  server?: RedisServer;
  /** Deletes the keys with the prefix, or ends the server. */
  close(): Promise<void>;
}

/**
 * On the server of SKEIN_STREAM_REDIS_URL when that is set, else on a server of its own: a native
 * one where there is one, or the embedded one. The options are for the own server.
 */
export async function testRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const given = process.env['SKEIN_STREAM_REDIS_URL'];
  const prefix = `skein-test-${randomBytes(6).toString('hex')}`;
  if (given) {
    return { url: given, prefix, owned: false, close: () => removeKeys(given, prefix) };
  }
  const server = await startRedis(options);
  return { url: server.url, prefix, owned: true, server, close: () => server.stop() };
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await client.unlink(...keys);
    }
  } finally {
    client.disconnect();
  }
}
