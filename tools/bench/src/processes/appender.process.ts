/** Appends events, as a gateway under load does: some connections, each one batch after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.js';
import { Committer } from '../engine.js';
import { happenings } from '../payload.js';
import { given, serve } from './serve.js';

export interface Appending {
  /** Index of the first event. */
  readonly from: number;
  readonly count: number;
  /** Events in one transaction. */
  readonly batch: number;
}

export interface Pacing {
  /** Index of the first event. */
  readonly from: number;
  readonly count: number;
  readonly perSecond: number;
}

const CONNECTIONS = 2;
/** A commit that takes long must not delay the next ones. */
const PACED_CONNECTIONS = 8;

const committer = await Committer.start({
  databaseUrl: given('SKEIN_DATABASE_URL'),
  redisUrl: given('SKEIN_STREAM_REDIS_URL'),
  connections: PACED_CONNECTIONS,
});

async function append({ from, count, batch }: Appending): Promise<void> {
  let next = from;
  const one = async () => {
    while (next < from + count) {
      const first = next;
      next += batch;
      await committer.commit(happenings(first, Math.min(batch, from + count - first)));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

/** One event at a time, whether those before are committed or not. Answers when each was acknowledged. */
async function pace({ from, count, perSecond }: Pacing): Promise<number[]> {
  const started = now();
  const commits: Promise<number>[] = [];
  for (let done = 0; done < count; done += 1) {
    const waitMs = started + (done * 1_000) / perSecond - now();
    if (waitMs > 0) await sleep(waitMs);
    commits.push(committer.commit(happenings(from + done, 1)).then(now));
  }
  return Promise.all(commits);
}

serve({ append, pace }, () => committer.close());
