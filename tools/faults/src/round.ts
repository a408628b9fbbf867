import { setTimeout as sleep } from 'node:timers/promises';
import { openLedger } from './check/ledger.js';
import { Inspector, type Finding } from './check/inspector.js';
import { Devices } from './load/devices.js';
import { stagedDevices } from './load/manifests.js';
import { Writers } from './load/writers.js';
import { Random } from './random.js';
import type { Scenario } from './scenario.js';
import { Stage } from './stage/stage.js';

export interface Outcome {
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
  /** Empty when all is well. */
  readonly faults: readonly string[];
  /** From the end of the fault until nothing was wrong any more. */
  readonly convergedMs: number;
}

export interface RoundOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** For data and logs. */
  readonly folder: string;
  readonly say: (text: string) => void;
  /** Takes what must be ended. */
  readonly resources: AsyncDisposableStack;
}

const convergeWithinMs = 10_000;
/** What is late is not lost: it gets this time, and the round fails for being late. */
const patienceMs = 60_000;
const writeBeforeMs = 1_000;
const writeAfterMs = 1_000;
/** Long enough for what would be done a second time. */
const settleMs = 1_000;

/** One round: everything started, written to, broken, and looked at. */
export async function runRound(options: RoundOptions): Promise<Outcome> {
  const { scenario, seed, folder, say, resources } = options;
  say('starting PostgreSQL, Redis and the services');
  const stage = await Stage.open(folder, resources, scenario);
  await openLedger(stage.postgres);
  const writers = new Writers([await stage.startAll()], new Random(seed + 1));
  resources.defer(() => writers.stop());
  say('all services are ready; writing through the API');
  await writers.start();
  const devices = new Devices(writers, stagedDevices, new Random(seed + 2));
  resources.defer(() => devices.stop());
  devices.start();
  await sleep(writeBeforeMs);
  let losesEntries = false;
  const looks: ((withinMs: number) => Promise<readonly string[]>)[] = [];
  await scenario.run({
    ...{ stage, writers, random: new Random(seed), say },
    atEnd: (end) => resources.defer(end),
    whenDone: (look) => looks.push(look),
    loseEntries: () => (losesEntries = true),
  });
  const ended = performance.now();
  await sleep(writeAfterMs);
  await writers.stop();
  say(`${writers.acknowledged.length} writes were acknowledged; waiting until all is done`);
  const inspector = new Inspector(stage);
  let waiting = await inspector.untilDone(patienceMs);
  const within = scenario.convergeWithinMs ?? convergeWithinMs;
  const apart = await Promise.all(looks.map((look) => look(within)));
  const convergedMs = Math.round(performance.now() - ended);
  const late =
    convergedMs > within && `${convergedMs} ms; the last to wait: ${inspector.lastWaiting}`;
  await sleep(settleMs);
  // A sweep may have begun something of its own meanwhile, which ends soon.
  if (waiting.length === 0) waiting = await inspector.untilDone(convergeWithinMs);
  const { acknowledged } = writers;
  const { killsConsumers = false } = scenario;
  const wrong = await inspector.wrong(writers, { killsConsumers, losesEntries });
  const found = [...waiting, ...wrong];
  const faults = [
    ...found.map(({ text }) => text),
    ...apart.flat(),
    ...stage.faults,
    ...unansweredOf(writers, scenario),
    ...(late && waiting.length === 0 ? [`all was done only after ${late}`] : []),
  ];
  const [lost, twice] = [sum(found, 'lost'), sum(found, 'twice')];
  return { acknowledged: acknowledged.length, lost, twice, faults, convergedMs };
}

/** How the API answers while PostgreSQL is away. */
const tryAgain = /^(PUT|DELETE) \S+: 503 /;

function unansweredOf(writers: Writers, { cutsApi, cutsDatabase }: Scenario): string[] {
  const { unanswered } = writers;
  const refused = writers.refused.filter((reason) => !cutsDatabase || !tryAgain.test(reason));
  const said = (what: string, reasons: readonly string[]) =>
    reasons.length > 0 ? [`${reasons.length} × ${what}: ${reasons[0]}`] : [];
  return [
    ...said('a write that was refused', refused),
    ...(cutsApi ? [] : said('a write that was not answered', unanswered)),
  ];
}

function sum(found: readonly Finding[], counts: Finding['counts']): number {
  return found
    .filter((finding) => finding.counts === counts)
    .reduce((total, { count }) => total + count, 0);
}
