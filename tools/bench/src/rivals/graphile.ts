import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run, type WorkerEvents, type WorkerUtils } from 'graphile-worker';
import type { Happening } from '../payload.js';
import { Countdown } from './countdown.js';
import { GroupedEffects } from './grouped-effects.js';
import { AT_THE_SAME_TIME, type Rival } from './rival.js';

const TASK = 'labels-updated';
const LOOK_MS = 5;

const logger = new Logger(() => () => undefined);

/** As its documentation of performance has it, but with more jobs at the same time, which is faster here. */
const presetFor = (connectionString: string) => ({
  worker: {
    connectionString,
    concurrentJobs: AT_THE_SAME_TIME,
    maxPoolSize: 25,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    logger,
  },
});

/** The events come before a batch of completions is written: done is what has left the table. */
async function left(utils: WorkerUtils): Promise<void> {
  const look = () =>
    utils.withPgClient((client) =>
      client.query('select from graphile_worker._private_jobs limit 1'),
    );
  while ((await look()).rowCount !== 0) await sleep(LOOK_MS);
}

/** graphile-worker: jobs added with addJobs; one worker with the options for batches. */
export const graphile: Rival = {
  produce: async ({ databaseUrl }) => {
    const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
    await utils.migrate();
    return {
      add: (all) => utils.addJobs(all.map((payload) => ({ identifier: TASK, payload }))),
      close: () => utils.release() as Promise<void>,
    };
  },

  handle: async ({ databaseUrl }) => {
    const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger });
    await utils.migrate();
    const effects = new GroupedEffects(databaseUrl);
    const done = new Countdown();
    const events = new EventEmitter() as WorkerEvents;
    events.on('job:complete', () => done.add());
    const perform = (payload: unknown) => effects.write(payload as Happening);
    const runner = await run({
      preset: presetFor(databaseUrl),
      taskList: { [TASK]: perform },
      events,
      noHandleSignals: true,
    });
    return {
      handled: (count) => done.reaches(count).then(() => left(utils)),
      close: () =>
        runner
          .stop()
          .then(() => utils.release())
          .then(() => effects.close()),
    };
  },
};
