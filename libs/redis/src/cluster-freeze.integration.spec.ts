import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  appendEntries,
  nativeRedisOrSkip,
  startRedisCluster,
  waitFor,
  type RedisCluster,
  type RedisServer,
} from '@skein/testing';
import type { Cluster, Redis } from 'ioredis';
import { using } from '../test/using.js';
import { listen } from './listen.js';
import { openHintRedis, openRedis } from './redis.js';

/** Both are in the slots of the first primary. */
const KEY = 'skein:{validation.0}:events';
const OTHER_KEY = '{repo.0}';
/** What may pass from the freeze until the node is left, and until its replica is used: a bound, far above the usual. */
const LEFT_MS = 8_000;
const SETTLED_MS = 40_000;

nativeRedisOrSkip('a node of a Redis Cluster', () => {
  let cluster: RedisCluster;
  let primary: RedisServer;
  let replica: RedisServer;
  const opened: Redis[] = [];

  const open = (name: string, how = openRedis, url = cluster.url) => {
    const redis = how({ url, name: `skein-test-${name}` });
    opened.push(redis);
    return redis;
  };
  /** As a reader does: again and again. */
  const readUntilThere = (redis: Redis) =>
    waitFor(
      () => redis.xreadgroup('GROUP', 'validation', 'one', 'BLOCK', 5_000, 'STREAMS', KEY, '>'),
      { timeoutMs: SETTLED_MS, message: 'an entry' },
    );
  const leaves = (redis: Redis) =>
    new Promise<number>((resolve) => {
      redis.on('-node', ({ options }: Redis) => {
        if (options.port === primary.port) resolve(Date.now());
      });
    });
  const knows = (redis: Redis, port: number) =>
    (redis as unknown as Cluster).nodes().some(({ options }) => options.port === port);
  const listenAtPrimary = async (hints: Redis) => {
    let heard = 0;
    // It begins with the nodes of the URL, and this is the only one.
    const subscriber = open('wakes', openRedis, `redis+cluster://127.0.0.1:${primary.port}`);
    listen(subscriber, 'wakes', () => (heard += 1));
    await using(primary.url, (admin) =>
      waitFor(async () => (await admin.pubsub('NUMSUB', 'wakes'))[1] === 1),
    );
    await waitFor(async () => {
      await hints.publish('wakes', '');
      return heard > 0;
    });
    return async () => {
      // Else it might choose the frozen one again.
      const message = 'a subscriber that forgets the frozen node';
      await waitFor(() => !knows(subscriber, primary.port), { timeoutMs: SETTLED_MS, message });
      heard = 0;
      await waitFor(
        async () => {
          await hints.publish('wakes', 'new');
          return heard > 0;
        },
        { timeoutMs: SETTLED_MS, message: 'a hint' },
      );
    };
  };

  beforeEach(async () => {
    cluster = await startRedisCluster({ replica: true });
    [primary, replica] = [cluster.nodes[0]!, cluster.nodes.at(-1)!];
    await using(primary.url, async (redis) => {
      await redis.xgroup('CREATE', KEY, 'validation', '0', 'MKSTREAM');
      await redis.call('WAIT', 1, 5_000);
    });
  });
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.disconnect();
    await cluster?.stop();
  });

  it('is left when it is frozen: by commands, blocking readers, subscribers and hints', async () => {
    const [commands, blocking] = [open('commands'), open('read')];
    const hints = open('hints', openHintRedis);
    await Promise.all([commands.exists(OTHER_KEY), hints.connect()]);
    const hear = await listenAtPrimary(hints);
    const reading = readUntilThere(blocking);
    await using(primary.url, async (admin) => {
      await waitFor(async () => (await admin.info('clients')).includes('blocked_clients:1'));
    });
    const left = Promise.all([leaves(commands), leaves(blocking)]);
    const frozen = Date.now();
    process.kill(primary.pid!, 'SIGSTOP');
    const waiting = commands.set(OTHER_KEY, 'freeze');
    // Begins while nobody has taken the frozen node's place yet.
    const late = open('late').append(OTHER_KEY, '!');
    expect(Math.max(...(await left)) - frozen).toBeLessThan(LEFT_MS);

    expect(await waiting).toBe('OK');
    expect(await late).toBeGreaterThan(0);
    await hear();
    await using(replica.url, async (promoted) => {
      expect(await promoted.exists(OTHER_KEY)).toBe(1);
      const stream = { key: KEY, group: 'validation' };
      await appendEntries(promoted, stream, [{ sequence: 1, text: 'text' }]);
    });
    expect(await reading).toEqual([[KEY, [['1-0', ['id-1', 'text']]]]]);
    expect(await waitFor(() => hints.exists(OTHER_KEY), { timeoutMs: SETTLED_MS })).toBe(1);
  }, 120_000);
});
