import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
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

describe('a connection that is given up while Redis is away', () => {
  it('lets nobody wait for its commands', async () => {
    const redis = keep(openRedis({ url: server.url, name: 'skein-test-end' }));
    await redis.ping();
    await server.kill();
    await waitFor(() => redis.status === 'reconnecting');
    const waiting = redis.ping();
    redis.disconnect();
    await expect(waiting).rejects.toThrow('Connection is closed.');
    await waitFor(() => redis.status === 'end');
    await server.restart();
  });

  it('nor on a cluster', async () => {
    const url = `redis+cluster://127.0.0.1:${await freePort()}`;
    const redis = keep(openRedis({ url, name: 'skein-test-end' }));
    const waiting = redis.ping();
    await waitFor(() => redis.status === 'reconnecting');
    redis.disconnect();
    await expect(waiting).rejects.toThrow('None of startup nodes is available');
    await waitFor(() => redis.status === 'end');
  });

  nativeRedisOrSkip('because it is frozen', () => {
    it('nor for those that it got no answer to', async () => {
      const frozen = await startRedis({ kind: 'native' });
      const redis = keep(openRedis({ url: frozen.url, name: 'skein-test-end' }));
      await redis.ping();
      process.kill(frozen.pid!, 'SIGSTOP');
      const waiting = redis.ping();
      await waitFor(() => redis.status === 'connect');
      redis.disconnect();
      await expect(waiting).rejects.toThrow('Connection is closed.');
      process.kill(frozen.pid!, 'SIGCONT');
      await frozen.stop();
    });
  });
});
