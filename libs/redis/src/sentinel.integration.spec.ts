import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  appendEntries,
  nativeRedisOrSkip,
  startRedisSentinels,
  waitFor,
  type RedisSentinels,
} from '@skein/testing';
import type { Redis } from 'ioredis';
import { using } from '../test/using.js';
import { listen } from './listen.js';
import { openHintRedis, openRedis } from './redis.js';

const KEY = 'skein:{render.0}:events';
/** What may pass from the freeze until the failed-over primary is used: bounds, far above the usual. */
const LEFT_MS = 8_000;
const SETTLED_MS = 40_000;

nativeRedisOrSkip('a Redis behind Sentinel', () => {
  let pair: RedisSentinels;
  const opened: Redis[] = [];

  const open = (name: string, how = openRedis) => {
    const redis = how({ url: pair.url, name: `skein-test-${name}` });
    opened.push(redis);
    return redis;
  };
  const portOf = async (redis: Redis) =>
    Number(/tcp_port:(\d+)/.exec(await redis.info('server'))?.[1]);
  const read = (redis: Redis) =>
    redis.xreadgroup('GROUP', 'render', 'one', 'BLOCK', 5_000, 'STREAMS', KEY, '>');
  /** As a reader does: again and again. */
  const readUntilThere = async (redis: Redis) =>
    waitFor(async () => read(redis), { timeoutMs: SETTLED_MS, message: 'an entry' });

  beforeEach(async () => {
    pair = await startRedisSentinels();
    await using(pair.primary.url, async (redis) => {
      await redis.xgroup('CREATE', KEY, 'render', '0', 'MKSTREAM');
      await redis.call('WAIT', 1, 5_000);
    });
  });
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.disconnect();
    await pair?.stop();
  });

  it('is followed to the new primary when the old one dies', async () => {
    const redis = open('commands');
    expect(await portOf(redis)).toBe(pair.primary.port);
    await pair.primary.kill();
    const settled = waitFor(() => redis.set('after', 'failover'), { timeoutMs: SETTLED_MS });
    expect(await settled).toBe('OK');
    expect(await portOf(redis)).toBe(pair.replica.port);
  });

  it('is left when it is frozen: by commands, blocking readers, subscribers and hints', async () => {
    const [commands, blocking, subscriber] = ['commands', 'read', 'wakes'].map((name) =>
      open(name),
    ) as [Redis, Redis, Redis];
    const hints = open('hints', openHintRedis);
    let heard = 0;
    listen(subscriber, 'wakes', () => (heard += 1));
    await Promise.all([commands.ping(), hints.connect()]);
    await waitFor(async () => (await hints.publish('wakes', '')) === 1 && heard > 0);
    heard = 0;
    await using(pair.primary.url, async (admin) => {
      const reading = readUntilThere(blocking);
      const blocked = async () => (await admin.info('clients')).includes('blocked_clients:1');
      await waitFor(blocked);
      const closed = [commands, blocking, subscriber, hints].map(
        (redis) => new Promise((resolve) => redis.once('close', () => resolve(Date.now()))),
      );
      const frozen = Date.now();
      process.kill(pair.primary.pid!, 'SIGSTOP');
      const waiting = commands.set('after', 'freeze');
      const left = (await Promise.all(closed)) as number[];
      expect(Math.max(...left) - frozen).toBeLessThan(LEFT_MS);

      expect(await waiting).toBe('OK');
      expect(await portOf(commands)).toBe(pair.replica.port);
      await waitFor(async () => (await hints.publish('wakes', 'new')) === 1 && heard > 0, {
        timeoutMs: SETTLED_MS,
      });
      await using(pair.replica.url, (replica) =>
        appendEntries(replica, { key: KEY, group: 'render' }, [{ sequence: 1, text: 'text' }]),
      );
      expect(await reading).toEqual([[KEY, [['1-0', ['id-1', 'text']]]]]);
    });
  });
});
