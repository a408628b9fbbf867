import { Queue, Worker, type Job } from 'bullmq';
import type { Happening } from '../payload.js';
import { Countdown } from './countdown.js';
import { GroupedEffects } from './grouped-effects.js';
import { AT_THE_SAME_TIME, type Rival } from './rival.js';

const QUEUE = 'bench';

const connectionOf = (redisUrl: string) => {
  const { hostname: host, port } = new URL(redisUrl);
  return { host, port: Number(port), maxRetriesPerRequest: null };
};

/** BullMQ: jobs added with addBulk; one worker, whose jobs are removed when they are done. */
export const bullmq: Rival = {
  produce: async ({ redisUrl }) => {
    const queue = new Queue<Happening>(QUEUE, {
      connection: connectionOf(redisUrl),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    await queue.waitUntilReady();
    return {
      add: (all) => queue.addBulk(all.map((data) => ({ name: 'labels-updated', data }))),
      close: () => queue.close(),
    };
  },

  handle: async ({ redisUrl, databaseUrl }) => {
    const effects = new GroupedEffects(databaseUrl);
    const done = new Countdown();
    const perform = ({ data }: Job<Happening>) => effects.write(data);
    const connection = connectionOf(redisUrl);
    const worker = new Worker<Happening>(QUEUE, perform, {
      connection,
      concurrency: AT_THE_SAME_TIME,
    });
    worker.on('completed', () => done.add());
    await worker.waitUntilReady();
    return {
      handled: (count) => done.reaches(count),
      close: () => worker.close().then(() => effects.close()),
    };
  },
};
