import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import {
  appendEntries,
  nativeRedisOrSkip,
  startRedisCluster,
  waitFor,
  type RedisCluster,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { listen } from './listen.js';
import { openHintRedis, openRedis, retryCluster } from './redis.js';

/** A script that touches one key, as all of ours. */
const LENGTH = `return redis.call('XLEN', KEYS[1])`;

const services = ['selector', 'rollout', 'render', 'repo', 'validation'];
const keyOf = (service: string) => `skein:{${service}.0}:events`;

/** Resolves when a node has no connection of that name any more, and its client has had the time to see it. */
async function isLeft(url: string, name: string): Promise<void> {
  const admin = new Redis(url);
  await waitFor(async () => !String(await admin.client('LIST')).includes(`name=${name} `));
  await admin.ping();
  admin.disconnect();
}

nativeRedisOrSkip('a Redis Cluster', () => {
  let cluster: RedisCluster;
  const opened: Redis[] = [];
  const open = (name: string, how = openRedis, password?: () => string) => {
    const redis = how({ url: cluster.url, name: `skein-test-${name}`, password });
    opened.push(redis);
    return redis;
  };

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterEach(() => {
    for (const redis of opened.splice(0)) redis.disconnect();
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  it('takes the streams of all services, each on the node of its key', async () => {
    const commands = open('commands');
    for (const service of services) {
      const blocking = open(`${service}-read`);
      const key = keyOf(service);
      const append = (sequence: number) =>
        appendEntries(commands, { key, group: service }, [{ sequence, text: 'text' }]);
      const read = async () => {
        const options = ['BLOCK', 5_000, 'STREAMS', key, '>'] as const;
        const answer = await blocking.xreadgroup('GROUP', service, 'one', ...options);
        return answer?.[0]?.[1].map(([id]) => id);
      };
      await append(7);
      expect(await read()).toEqual(['7-0']);
      const waiting = read();
      await append(8);
      expect(await waiting).toEqual(['8-0']);
      expect(await commands.eval(LENGTH, 1, key)).toBe(2);
      expect(await commands.xack(key, service, '7-0', '8-0')).toBe(2);
      expect(await commands.xautoclaim(key, service, 'two', 0, '0-0')).toContainEqual([]);
      expect(await commands.xtrim(key, 'MINID', '8-0')).toBe(1);
      blocking.disconnect();
    }
    const held = await Promise.all(
      cluster.nodes.map(async ({ url }) => {
        const redis = new Redis(url);
        const keys = await redis.dbsize();
        redis.disconnect();
        return keys;
      }),
    );
    expect(held.filter((keys) => keys > 0).length).toBeGreaterThan(1);
  });

  it('hands hints to whoever listens', async () => {
    let heard = 0;
    listen(open('wakes'), 'wakes', () => (heard += 1));
    const hints = open('hints', openHintRedis);
    await hints.connect();
    await waitFor(async () => {
      await hints.publish('wakes', 'new');
      return heard > 0;
    });
  });

  it('leaves no command without an answer once it was left', async () => {
    const redis = open('left');
    await Promise.all(services.map((service) => redis.exists(keyOf(service))));
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
    await Promise.all(cluster.nodes.map(({ url }) => isLeft(url, 'skein-test-left')));
    await expect(redis.exists('any')).rejects.toThrow('Connection is closed');
  });

  it.each([true, false])(
    'ends when left before it is connected (tried: %s)',
    async (tried) => {
      const redis = open('hasty');
      const answer = tried ? redis.exists('any').then(String, String) : 'Error: none';
      redis.disconnect();
      expect(await answer).toContain('Error');
      await expect(redis.exists('any')).rejects.toThrow('Connection is closed');
    },
    10_000,
  );

  it('is entered with the password of the moment, on every node', async () => {
    let password = 'first-secret';
    const onEachNode = async (secret: string | undefined, work: (admin: Redis) => unknown) => {
      for (const { url } of cluster.nodes) {
        const admin = new Redis(url, secret ? { password: secret } : {});
        await work(admin);
        admin.disconnect();
      }
    };
    const setPassword = (next: string) => (admin: Redis) =>
      admin.config('SET', 'requirepass', next);
    const ask = (redis: Redis) =>
      Promise.all(services.map((service) => redis.exists(keyOf(service))));
    await onEachNode(undefined, setPassword(password));
    let late = password;
    const redis = open('commands', openRedis, () => password);
    const behind = open('behind', openRedis, () => late);
    expect(await ask(redis)).toHaveLength(services.length);
    expect(await ask(behind)).toHaveLength(services.length);
    password = 'second-secret';
    await onEachNode('first-secret', setPassword(password));
    await onEachNode(password, (admin) =>
      admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
    );
    expect(await waitFor(() => ask(redis))).toHaveLength(services.length);
    await waitFor(() => behind.status === 'reconnecting');
    late = password;
    expect(await waitFor(() => ask(behind))).toHaveLength(services.length);
  });

  it('is entered by everybody when a node is away, soon tried again', async () => {
    await cluster.nodes[2]!.kill();
    // Those that it kept out: a part of the tries asks that node.
    let refused = 0;
    // The password is the last one of the test above.
    const clients = Array.from({ length: 60 }, (_, index) =>
      open(`late-${index}`, openRedis, () => 'second-secret'),
    );
    for (const client of clients) client.on('reconnecting', () => (refused += 1));
    const answers = await Promise.all(clients.map((client) => client.ping()));
    expect(new Set(answers)).toEqual(new Set(['PONG']));
    expect(refused).toBeGreaterThan(0);
    const waits = Array.from({ length: 20 }, (_, index) => retryCluster(index + 1));
    expect(waits.slice(0, 10)).toEqual(Array(10).fill(50));
    expect(waits.at(-1)).toBe(2_000);
  });
});
