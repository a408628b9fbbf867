import { setTimeout as sleep } from 'node:timers/promises';
import { findNativeRedis, startRedisSentinels, type RedisSentinels } from '@skein/testing';
import type { Scenario } from '../scenario.js';
import { entriesAdded } from '../stage/entries-added.js';
import { FarSide } from '../stage/far-side.js';
import { WatchedRedis } from '../stage/watched-redis.js';

/** The primary, a Sentinel and all services are near; the replica and most Sentinels are far. */
class DividedRedis extends WatchedRedis {
  constructor(
    started: RedisSentinels,
    readonly farSide: FarSide,
  ) {
    super(started);
  }

  static async openDivided(logs: string, resources: AsyncDisposableStack): Promise<DividedRedis> {
    const farSide = FarSide.open(resources);
    const near = { host: farSide.near };
    const far = { host: farSide.far, inside: farSide.inside };
    const places = { primary: near, replica: far, sentinels: [near, far, far], logs };
    const started = await startRedisSentinels(places);
    resources.defer(() => started.stop());
    return new DividedRedis(started, farSide);
  }
}

export const sentinelPartition: Scenario = {
  name: 'sentinel-partition',
  title: 'the primary of Redis is cut off with all clients, the far side fails over, then it heals',
  quick: false,
  obstacle: () =>
    findNativeRedis()
      ? FarSide.obstacle()
      : 'no redis-server was found: only that one is a Sentinel',
  openRedis: (folder, resources) => DividedRedis.openDivided(folder, resources),
  run: async ({ stage, random, say }) => {
    const redis = stage.redisAs(DividedRedis);
    const [former, promoted] = redis.servers;
    redis.farSide.cut();
    say('the primary is cut off from its replica and most Sentinels');
    await redis.untilPrimary(promoted);
    say('the replica is a primary now, on the far side');
    const then = await entriesAdded(former);
    await sleep(random.between(2_000, 10_000));
    const acknowledged = await entriesAdded(former);
    if (acknowledged === then) throw new Error('nothing was appended on the side that is cut off');
    const lost = acknowledged - (await entriesAdded(promoted));
    if (lost <= 0) throw new Error('Redis has lost nothing');
    redis.farSide.heal();
    say(`it heals: Redis loses ${lost} entries that it had acknowledged`);
    await redis.untilFollowing(former, promoted);
    say('the former primary is a replica, with the data of the new one');
  },
};
