import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, waitFor, type RedisServer } from '@skein/testing';
import type { Redis } from 'ioredis';
import { openHintRedis, openRedis } from './redis.js';

let server: RedisServer;
const opened: Redis[] = [];

const keep = (redis: Redis) => {
  opened.push(redis);
  return redis;
};

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  for (const redis of opened) redis.disconnect();
  await server?.stop();
});

describe('a connection that waits', () => {
  it('connects with its first command, under its name', async () => {
    const redis = keep(openRedis({ url: server.url, name: 'skein-test-read' }));
    expect(redis.status).toBe('wait');
    expect(await redis.client('LIST')).toContain('name=skein-test-read');
  });

  it('keeps its commands while Redis is away, and goes on when it is back', async () => {
    const redis = keep(openRedis({ url: server.url, name: 'skein-test-wait' }));
    await redis.ping();
    await server.kill();
    await waitFor(() => redis.status !== 'ready');
    const waiting = redis.ping();
    await server.restart();
    expect(await waiting).toBe('PONG');
  });
});

describe('a connection for hints', () => {
  it('works while Redis is there', async () => {
    const redis = keep(openHintRedis({ url: server.url, name: 'skein-test-hints' }));
    await redis.connect();
    expect(await redis.publish('channel', '')).toBe(0);
  });

  it('fails at once while Redis is away, and works again later', async () => {
    const redis = keep(openHintRedis({ url: server.url, name: 'skein-test-hints' }));
    await redis.connect();
    await server.kill();
    await waitFor(() => redis.status !== 'ready');
    await expect(redis.publish('channel', '')).rejects.toThrow();
    await server.restart();
    expect(await waitFor(() => redis.ping())).toBe('PONG');
  });
});
