import { existsSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { nativeRedisOrSkip } from '../native-redis-or-skip.js';
import { waitFor } from '../wait-for.js';
import { RedisProcess } from './redis-process.js';
import { startRedisSentinels, type RedisSentinels } from './redis-sentinels.js';

const here = { host: '127.0.0.1' };
const failover = { timeoutMs: 40_000, message: 'the failover' };

nativeRedisOrSkip('a primary and its replica behind three Sentinels', () => {
  let redis: RedisSentinels | undefined;
  afterEach(() => redis?.stop());

  const roleOf = async (server: RedisProcess) => ((await server.ask('ROLE')) as unknown[])[0];

  it('change places when the primary dies, and it follows when it is back', async () => {
    redis = await startRedisSentinels({ sentinels: [here, here, here] });
    const { primary, replica, url } = redis;
    expect(url).toMatch(/^redis\+sentinel:\/\/(127\.0\.0\.1:\d+,?){3}\/skein-primary$/);
    expect(await Promise.all([roleOf(primary), roleOf(replica)])).toEqual(['master', 'slave']);
    await primary.ask('SET', 'key', 'value');
    await primary.ask('WAIT', '1', '900');
    await primary.kill();
    expect(primary.pid).toBeUndefined();
    await expect(primary.ask('PING')).rejects.toThrow();
    await waitFor(() => redis?.leadTo(replica), failover);
    expect(await redis.leadTo(primary)).toBe(false);
    expect(await roleOf(replica)).toBe('master');
    await primary.restart();
    await waitFor(async () => (await roleOf(primary)) === 'slave', failover);
    expect(await replica.ask('GET', 'key')).toBe('value');
  }, 120_000);
});

nativeRedisOrSkip('a Redis with a configuration file', () => {
  let redis: RedisProcess | undefined;
  afterEach(() => redis?.stop());

  it('gives no answer while it is frozen, and ends all the same, with its files', async () => {
    redis = await RedisProcess.start(here, ['appendonly no']);
    const [, folder] = (await redis.ask('CONFIG', 'GET', 'dir')) as [string, string];
    process.kill(redis.pid!, 'SIGSTOP');
    await expect(redis.ask('PING')).rejects.toThrow();
    await redis.stop();
    expect(redis.pid).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  it('says why it did not start', async () => {
    const start = RedisProcess.start(here, ['maxmemory-policy nonsense']);
    await expect(start).rejects.toMatchObject({
      code: 'REDIS_START_FAILED',
      message: expect.stringContaining('maxmemory-policy'),
    });
  });
});
