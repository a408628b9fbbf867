import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, waitFor, type PostgresServer } from '@skein/testing';
import type { Scenario, Scene } from '../scenario.js';
import { SmallDisk, smallDiskObstacle } from '../stage/small-disk.js';
import type { Stage } from '../stage/stage.js';

const diskBytes = 256_000_000;
const refusedWithinMs = 30_000;
const backWithinMs = 20_000;
const lookEveryMs = 200;

/** So that the log of PostgreSQL itself soon needs another file. */
const settings = { min_wal_size: '32MB', max_wal_size: '48MB', checkpoint_timeout: '30s' };

/** The server's user cannot reach the folder of the round. */
async function openOnSmallDisk(resources: AsyncDisposableStack): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-faults-disk-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  await SmallDisk.mount(folder, diskBytes, resources);
  const directory = join(folder, 'postgres');
  const server = await startPostgres({ directory, database: 'skein', settings });
  resources.defer(() => server.stop());
  if (server.directory !== directory) throw new Error('PostgreSQL is not on the small disk');
  return server;
}

/** Every committed write needs space sooner or later: it is kept away until the API says that it cannot write. */
async function fillUntilRefused({ stage, writers }: Scene, disk: SmallDisk): Promise<void> {
  const before = writers.refused.length + writers.unanswered.length;
  await waitFor(
    async () => {
      await disk.fill();
      return writers.refused.length + writers.unanswered.length > before;
    },
    { timeoutMs: refusedWithinMs, intervalMs: lookEveryMs, message: 'a write that is refused' },
  );
  if ((await disk.free()) > 0) throw new Error(`the disk of ${stage.database.port} is not full`);
}

async function stayFull(disk: SmallDisk, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    await disk.fill();
    await sleep(lookEveryMs);
  }
}

/** It may have ended, or be about to: it could not write its own log. */
async function bringBack({ database, postgres }: Stage): Promise<boolean> {
  const works = () => postgres.query('create table faults.probe ()').then(() => true);
  const dropped = () => postgres.query('drop table if exists faults.probe');
  const ended = database.pid === undefined;
  if (ended) await database.restart();
  await dropped().catch(() => undefined);
  await waitFor(works, { timeoutMs: backWithinMs, message: 'PostgreSQL to write again' });
  await dropped();
  return ended;
}

export const postgresDiskFull: Scenario = {
  name: 'postgres-disk-full',
  title: 'the disk of PostgreSQL is full: the API says so until there is space again',
  quick: false,
  cutsDatabase: true,
  obstacle: smallDiskObstacle,
  openPostgres: (_folder, resources) => openOnSmallDisk(resources),
  run: async (scene) => {
    const { stage, random, say, writers } = scene;
    const disk = new SmallDisk(dirname(stage.database.directory));
    // PostgreSQL may end, and take back what was handled and had not reached the disk.
    scene.loseEntries();
    for (let times = random.between(1, 2); times > 0; times -= 1) {
      const before = writers.refused.length;
      await fillUntilRefused(scene, disk);
      say('the disk is full, and writes are refused');
      await stayFull(disk, random.between(1_000, 4_000));
      await disk.clear();
      const ended = await bringBack(stage);
      const refused = writers.refused.length - before;
      say(
        `there is space again${ended ? ', and PostgreSQL runs again' : ''}; ${refused} were refused`,
      );
      await sleep(random.between(500, 2_000));
    }
  },
};
