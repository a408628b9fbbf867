import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario, Scene } from '../scenario.js';

const terminateAll = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend'`;

const faults = {
  'PostgreSQL is killed (SIGKILL)': async ({ stage: { database }, random, loseEntries }: Scene) => {
    // What was handled, and had not reached the disk, comes back as a hole.
    loseEntries();
    await database.kill();
    await sleep(random.between(0, 4_000));
    await database.restart();
  },
  'all connections to PostgreSQL are ended': async ({ stage: { postgres } }: Scene) => {
    await postgres.query(terminateAll);
  },
};

export const postgresKilled: Scenario = {
  name: 'postgres-killed',
  title: 'PostgreSQL is killed and started again, or ends all connections: one of it by seed',
  quick: false,
  cutsDatabase: true,
  run: async (scene) => {
    const { writers, random, say } = scene;
    const [what, happens] = random.oneOf(Object.entries(faults));
    for (let times = random.between(3, 6); times > 0; times -= 1) {
      say(what);
      await happens(scene);
      await sleep(random.between(100, 2_500));
    }
    say(`${writers.refused.length} writes were answered with 503`);
  },
};
