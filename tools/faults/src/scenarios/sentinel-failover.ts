import { setTimeout as sleep } from 'node:timers/promises';
import { findNativeRedis, type RedisProcess } from '@skein/testing';
import type { Scenario } from '../scenario.js';
import { WatchedRedis } from '../stage/watched-redis.js';

const here = { host: '127.0.0.1' };

interface Way {
  readonly what: string;
  readonly leaves: (server: RedisProcess) => Promise<void>;
  readonly comesBack: (server: RedisProcess) => Promise<void>;
}

const ways: readonly Way[] = [
  {
    what: 'killed (SIGKILL)',
    leaves: (server) => server.kill(),
    comesBack: (server) => server.restart(),
  },
  {
    what: 'frozen (SIGSTOP)',
    leaves: async ({ pid }) => void process.kill(pid!, 'SIGSTOP'),
    comesBack: async ({ pid }) => void process.kill(pid!, 'SIGCONT'),
  },
];

export const sentinelFailover: Scenario = {
  name: 'sentinel-failover',
  title:
    'the primary of Redis is killed or frozen, Sentinels fail over, it comes back as a replica',
  quick: false,
  obstacle: () =>
    findNativeRedis() ? undefined : 'no redis-server was found: only that one is a Sentinel',
  openRedis: (logs, resources) =>
    WatchedRedis.open(resources, { sentinels: [here, here, here], logs }),
  run: async ({ stage, random, say }) => {
    const redis = stage.redisAs(WatchedRedis);
    const { what, leaves, comesBack } = random.oneOf(ways);
    let [primary, replica] = redis.servers;
    for (let times = random.between(1, 2); times > 0; times -= 1) {
      await leaves(primary);
      say(`the primary is ${what}`);
      await redis.untilPrimary(replica);
      say('the replica is the primary now');
      await sleep(random.between(0, 3_000));
      await comesBack(primary);
      await redis.untilFollowing(primary, replica);
      say('the former primary is back, as a replica');
      [primary, replica] = [replica, primary];
    }
  },
};
