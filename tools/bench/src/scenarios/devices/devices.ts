import { round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table, type Cell } from '../../table.js';
import { DevicesTurn, type Waited } from './devices-turn.js';
import { makeDevices } from './fleet.js';
import { mostConnections } from './open-files.js';
import { openSystem } from './system.js';

/** What a gateway may take, in megabytes: by itself, and for each thousand that wait. */
const OWN_MB = 150;
const THOUSAND_MB = 18;
/** In which a device that waits has its document. */
export const WAKE_LIMIT_MS = 100;

/** The most memory that a gateway may have resident with so many waiting, in megabytes. */
export function rssLimitMb(waiting: number): number {
  return OWN_MB + (THOUSAND_MB * waiting) / 1_000;
}

function textOf(waited: Waited): string {
  const limit = rssLimitMb(waited.waiting);
  const rows: Cell[][] = [
    ['devices that wait, each over a connection', waited.waiting],
    ['MB of the gateway before', round(waited.rssBeforeMb)],
    [`MB with all waiting; limit ${round(limit)}`, round(waited.rssMb)],
    ['MB after all were woken at once', round(waited.rssAfterHerdMb)],
    ['transactions/s of all, nobody waiting', round(waited.idleBeforePerSecond, 1)],
    ['transactions/s of all, all waiting', round(waited.idlePerSecond, 1)],
    ['woken one by one: p50 ms', round(waited.wakeP50Ms, 1)],
    [`woken one by one: p99 ms; limit ${WAKE_LIMIT_MS}`, round(waited.wakeP99Ms, 1)],
    ['100 woken a second: p99 ms', round(waited.denseWakeP99Ms, 1)],
    ['all woken at once: seconds', round(waited.herdSeconds, 2)],
    ['told to try again: times', waited.busy],
    ['heartbeats/s', round(waited.heartbeatsPerSecond)],
    ['transactions for a heartbeat', round(waited.transactionsPerHeartbeat, 3)],
  ];
  return `${table(['', ''], rows)}

Two gateways hear; devices wait at the first. Woken: from the commit of the event that names the document until the device has it,
by way of the replayer and whichever gateway handles it; 20 a second, unless it says otherwise.`;
}

async function run(bench: Bench): Promise<Outcome> {
  const most = mostConnections();
  const devices = Math.min(bench.devices!, most);
  if (devices < bench.devices!) {
    bench.say(`${devices} devices, not ${bench.devices}: a process may have no more files open`);
  }
  const system = await openSystem(bench);
  const uids = await makeDevices(system.pool, system.seed, devices);
  const waited = await new DevicesTurn(system, uids, bench.say).take();
  const { waiting, rssMb, wakeP50Ms, wakeP99Ms, denseWakeP99Ms, herdSeconds } = waited;
  const figures = {
    ...{ waiting, rssMb: round(rssMb), rssLimitMb: round(rssLimitMb(waiting)) },
    ...{ wakeP50Ms: round(wakeP50Ms, 1), wakeP99Ms: round(wakeP99Ms, 1) },
    denseWakeP99Ms: round(denseWakeP99Ms, 1),
    herdSeconds: round(herdSeconds, 2),
    busy: waited.busy,
    idleStatementsPerSecond: round(waited.idlePerSecond, 1),
    idleStatementsWithoutDevices: round(waited.idleBeforePerSecond, 1),
    heartbeatsPerSecond: round(waited.heartbeatsPerSecond),
  };
  return { text: textOf(waited), figures };
}

/** What devices cost that wait, how soon they are told, and what their heartbeats cost. */
export const devices: Scenario = {
  name: 'devices',
  summary: 'devices that wait for documents at one gateway: memory, waking, heartbeats',
  runs: 1,
  parts: ['devices'],
  devices: 15_000,
  run,
};
