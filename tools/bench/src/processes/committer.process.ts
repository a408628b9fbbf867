/** Commits one event after the other on some connections, and says how long each commit took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.js';
import { Committer } from '../engine.js';
import { happenings } from '../payload.js';
import { given, serve } from './serve.js';

export interface Load {
  readonly wakes: boolean;
  readonly milliseconds: number;
}

export interface Pace {
  readonly wakes: boolean;
  readonly count: number;
  readonly everyMs: number;
}

/** One commit, in milliseconds of the machine's clock. */
export interface Committed {
  readonly began: number;
  readonly acknowledged: number;
}

const connections = Number(given('BENCH_CONNECTIONS'));
const committer = await Committer.start({
  databaseUrl: given('SKEIN_DATABASE_URL'),
  redisUrl: given('SKEIN_STREAM_REDIS_URL'),
  connections,
});
let next = Number(given('BENCH_FIRST'));

async function commit(): Promise<Committed> {
  const happening = happenings(next++, 1);
  const began = now();
  await committer.commit(happening);
  return { began, acknowledged: now() };
}

/** As many as possible for a while. Answers the milliseconds of each. */
async function load({ wakes, milliseconds }: Load): Promise<number[]> {
  committer.wakes = wakes;
  const end = now() + milliseconds;
  const took: number[] = [];
  const one = async () => {
    while (now() < end) {
      const { began, acknowledged } = await commit();
      took.push(acknowledged - began);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return took;
}

/** One now and then. */
async function pace({ wakes, count, everyMs }: Pace): Promise<Committed[]> {
  committer.wakes = wakes;
  const all: Committed[] = [];
  for (let done = 0; done < count; done += 1) {
    all.push(await commit());
    await sleep(everyMs);
  }
  return all;
}

serve({ load, pace }, () => committer.close());
