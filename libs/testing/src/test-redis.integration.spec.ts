import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from './servers/redis.js';
import type { RedisServer } from './servers/redis.js';
import { testRedis } from './test-redis.js';

const given = process.env['SKEIN_STREAM_REDIS_URL'];

function restoreEnvironment(): void {
  if (given) process.env['SKEIN_STREAM_REDIS_URL'] = given;
  else delete process.env['SKEIN_STREAM_REDIS_URL'];
}

describe('testRedis on a given server', () => {
  let own: RedisServer;
  beforeAll(async () => {
    own = await startRedis({ kind: 'embedded' });
    process.env['SKEIN_STREAM_REDIS_URL'] = own.url;
  });
  afterAll(async () => {
    restoreEnvironment();
    await own.stop();
  });

  it('has a prefix of its own, and deletes just its keys', async () => {
    const client = new Redis(own.url);
    const place = await testRedis();
    expect(place).toMatchObject({ owned: false, url: own.url });
    await client.mset('somebody-elses', '1', `${place.prefix}:a`, '2', `${place.prefix}:b`, '3');
    await place.close();
    expect(await client.keys('*')).toEqual(['somebody-elses']);
    await client.quit();
  });
});

describe('testRedis without a given server', () => {
  beforeAll(() => {
    delete process.env['SKEIN_STREAM_REDIS_URL'];
  });
  afterAll(restoreEnvironment);

  it('starts one of its own, which ends with it', async () => {
    const place = await testRedis();
    const client = new Redis(place.url, { retryStrategy: () => null });
    client.on('error', () => undefined);
    expect([place.owned, await client.ping()]).toEqual([true, 'PONG']);
    client.disconnect();
    await place.close();
    expect(place.server?.pid).toBeUndefined();
  });
});
