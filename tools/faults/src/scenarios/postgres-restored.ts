import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Scenario, Scene } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);
/** What was committed before PostgreSQL was killed is answered by then. */
const answersMs = 500;

async function lastNumber({ postgres }: Stage): Promise<number> {
  const [row] = await postgres.query<{ last: number }>(
    'select coalesce(max(sequence), 0) as last from log.sequence',
  );
  return row!.last;
}

/** While PostgreSQL does not run, and nobody is being answered. */
async function whileDown<Result>(
  { database }: Stage,
  work: () => Promise<Result>,
): Promise<Result> {
  await database.kill();
  await sleep(answersMs);
  const result = await work();
  await database.restart();
  return result;
}

async function restore(scene: Scene): Promise<void> {
  const { stage, writers, random, say } = scene;
  const data = join(stage.database.directory, 'data');
  const kept = join(stage.database.directory, 'copy');
  const known = await whileDown(stage, async () => {
    await copy(data, kept);
    return writers.mark();
  });
  say('PostgreSQL was killed, its data were copied, and it is back');
  const copied = await lastNumber(stage);
  await sleep(random.between(1_500, 6_000));
  const reached = await lastNumber(stage);
  const forgotten = await whileDown(stage, async () => {
    await rm(data, { recursive: true });
    await copy(kept, data);
    await rm(kept, { recursive: true });
    return writers.forgetSince(known);
  });
  if (reached === copied || forgotten === 0) throw new Error('nothing was there to be lost');
  say(
    `it is back at about number ${copied} of ${reached}: ${forgotten} acknowledged writes are gone`,
  );
  await sleep(random.between(500, 2_000));
}

export const postgresRestored: Scenario = {
  name: 'postgres-restored',
  title:
    'PostgreSQL is restored to an earlier point, with all services running and Redis ahead of it',
  quick: false,
  cutsDatabase: true,
  run: async (scene) => {
    // A checkpoint that has just asked a stream of the lost time, when that is made anew, finds holes, and heals them.
    scene.loseEntries();
    for (let times = scene.random.between(1, 3); times > 0; times -= 1) await restore(scene);
  },
};
