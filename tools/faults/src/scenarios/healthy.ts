import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { groups } from '@skein/events';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage/stage.js';

/** So often that a sweep comes between an event and what follows from it. */
const SWEEP_EVERY_MS = 200;
const WATCHED_MS = 10_000;
const FIGURE = /^skein_sweep_repaired(?:_total)?(?:\{.*\})? (\d+)/m;

/** Where a service shows its figures: it says so when it is ready. */
async function figuresOf(stage: Stage, service: string): Promise<string> {
  const log = await readFile(join(stage.folder, `${service}.log`), 'utf8');
  const url = /"health":"([^"]+)"[^\n]*"msg":"ready"/.exec(log)?.[1];
  if (!url) throw new Error(`${service} did not say where its figures are`);
  return (await fetch(`${url}/metrics`)).text();
}

async function repairedBy(stage: Stage, service: string): Promise<number> {
  const found = FIGURE.exec(await figuresOf(stage, service))?.[1];
  if (found === undefined) throw new Error(`${service} has no figure of what its sweep repaired`);
  return Number(found);
}

/** Nothing is broken, so that the sweeps must have nothing to do. */
export const healthy: Scenario = {
  name: 'healthy',
  title: 'nothing is broken: no sweep repairs anything, however often it runs',
  quick: true,
  environment: { SKEIN_SWEEP_INTERVAL_MS: String(SWEEP_EVERY_MS) },
  run: async ({ stage, say }) => {
    await sleep(WATCHED_MS);
    const repaired = await Promise.all(groups.map((service) => repairedBy(stage, service)));
    say(`the sweeps ran every ${SWEEP_EVERY_MS} ms, and repaired ${repaired.join(', ')}`);
    const wrong = groups.filter((_, index) => repaired[index]! > 0);
    if (wrong.length > 0)
      throw new Error(`the sweep of ${wrong.join(', ')} had to repair something`);
  },
};
