import type { Bench } from '../../scenario.js';
import { SkeinSystem } from '../../skein/skein-system.js';
import { FleetRun } from './fleet-run.js';
import { StatementCounter } from './statements.js';
import type { Phase } from './steps.js';
import { Usage } from './usage.js';
import { Views } from './views.js';

export interface Turn {
  readonly phases: readonly Phase[];
  /** What the services warned of. */
  readonly warnings: readonly string[];
}

export interface TurnNeeds {
  /** Of a new database. */
  readonly database: string;
  readonly devices: number;
  readonly relabel: boolean;
  readonly batched: boolean;
}

async function prepare(bench: Bench, system: SkeinSystem, devices: number): Promise<FleetRun> {
  const pen = await system.writer('pen', 'gateway');
  const views = await Views.open(system.pool);
  const statements = await StatementCounter.open(system.pool);
  if (!statements) bench.say('pg_stat_statements is missing: statements are not counted');
  const pids = { servers: bench.servers.processes, services: system.pids };
  const { distinct, say } = bench;
  const usage = new Usage(views, pids, statements);
  return new FleetRun(system, views, usage, pen, { devices, distinct, say });
}

/** All phases, one after the other, with new services, a new database and an empty Redis. */
export async function takeTurn(bench: Bench, needs: TurnNeeds): Promise<Turn> {
  const system = await SkeinSystem.start(bench, needs.database);
  try {
    const run = await prepare(bench, system, needs.devices);
    const phases = [await run.create(), ...(await run.match()), await run.change()];
    if (needs.relabel) phases.push(...(await run.relabel()));
    if (needs.batched) phases.push(...(await run.batched()));
    return { phases, warnings: system.warnings };
  } finally {
    await system.stop();
  }
}
