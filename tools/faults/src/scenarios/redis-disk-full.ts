import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNativeRedis, startRedis, waitFor } from '@skein/testing';
import { StillAnswered } from '../load/still-answered.js';
import type { Scenario, Scene } from '../scenario.js';
import { numberIn } from '../stage/redis-information.js';
import { SmallDisk, smallDiskObstacle } from '../stage/small-disk.js';
import type { Stage } from '../stage/stage.js';

const diskBytes = 16_000_000;
const fullWithinMs = 20_000;
const lookEveryMs = 500;

const folderOf = (folder: string) => join(folder, 'redis');

/** With `everysec`, Redis refuses writes while its disk is full; with `always`, it ends. */
const policies = ['everysec', 'always'] as const;

const refuses = ({ redisClient }: Stage) =>
  redisClient.set('probe', 'x').then(
    () => false,
    (error: Error) => error.message.startsWith('MISCONF'),
  );

async function untilItCannotWrite(stage: Stage, policy: (typeof policies)[number]): Promise<void> {
  const ends = policy === 'always';
  await waitFor(() => (ends ? stage.redis.pid === undefined : refuses(stage)), {
    timeoutMs: fullWithinMs,
    message: ends ? 'Redis to end' : 'Redis to refuse writes',
  });
}

const refusals = ({ redisClient }: Stage) =>
  numberIn(redisClient, 'errorstats', 'errorstat_MISCONF');

/** Keeps the disk full; writes must be answered all the time. */
async function stayFull({ writers }: Scene, disk: SmallDisk, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const answered = new StillAnswered(writers);
  while (performance.now() < until) {
    await disk.fill();
    await sleep(lookEveryMs);
    answered.look();
  }
}

async function refuseWhileFull(scene: Scene, disk: SmallDisk, forMs: number): Promise<void> {
  const { stage, say } = scene;
  const before = await refusals(stage);
  await stayFull(scene, disk, forMs);
  const refused = (await refusals(stage)) - before;
  if (refused === 0) throw new Error('nothing was refused to the services');
  if (!(await refuses(stage))) throw new Error('Redis writes again though the disk is full');
  say(`${refused} commands of the services were refused`);
  await disk.clear();
  await waitFor(async () => !(await refuses(stage)), { message: 'Redis to write again' });
}

async function endWhileFull(scene: Scene, disk: SmallDisk, forMs: number): Promise<void> {
  await stayFull(scene, disk, forMs);
  await disk.clear();
  await scene.stage.redis.restart();
}

export const redisDiskFull: Scenario = {
  name: 'redis-disk-full',
  title: 'the disk of Redis is full: it refuses writes, or ends, until there is space again',
  quick: false,
  obstacle: () =>
    findNativeRedis()
      ? smallDiskObstacle()
      : 'no redis-server was found: only that one writes to a disk',
  openRedis: async (folder, resources) => {
    await SmallDisk.mount(folderOf(folder), diskBytes, resources);
    const server = await startRedis({ directory: folderOf(folder), kind: 'native' });
    resources.defer(() => server.stop());
    return server;
  },
  run: async (scene) => {
    const { stage, random, say, writers } = scene;
    const disk = new SmallDisk(folderOf(stage.folder));
    for (const policy of random.shuffled(policies)) {
      await stage.redisClient.config('SET', 'appendfsync', policy);
      await disk.fill();
      await untilItCannotWrite(stage, policy);
      const before = writers.acknowledged.length;
      say(`the disk is full, and Redis ${policy === 'always' ? 'has ended' : 'refuses writes'}`);
      const hold = policy === 'always' ? endWhileFull : refuseWhileFull;
      await hold(scene, disk, random.between(2_000, 6_000));
      say(`there is space again; ${writers.acknowledged.length - before} writes were acknowledged`);
      await sleep(random.between(500, 3_000));
    }
  },
};
