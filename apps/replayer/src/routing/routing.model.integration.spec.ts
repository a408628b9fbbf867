import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DETOUR, deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openLogger } from '@skein/telemetry';
import { openTransaction } from '@skein/testing';
import fc from 'fast-check';
import { LogScene } from '../../test/log-scene.js';
import { upTo } from '../../test/publishing-scene.js';
import { inAnyOrder, type Step } from '../../test/steps.js';
import { Checkpointer } from '../checkpoint/checkpointer.js';
import { Numbering } from '../numbering/numbering.js';
import type { Stream } from '../publishing/stream.js';
import { Detours } from './detours.js';
import { PartitionCounts } from './partition-counts.js';

const organisations = [newUid(), newUid(), newUid()];
const logger = openLogger('replayer', 'silent');
let database: MigratedDatabase;
let log: LogScene;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  log = await LogScene.open(database, openTransaction);
});
afterAll(async () => {
  await log?.close();
  await database?.close();
});

/** A replayer, and a service that handles what it is given; all in order, each partition at its own pace. */
interface Routing {
  readonly numbering: Numbering;
  readonly detours: Detours;
  readonly counts: PartitionCounts;
  /** The last number that each partition was given. */
  readonly given: Map<number, number>;
  readonly handled: Set<number>;
  written: number;
}
type RoutingStep = Step<Routing>;

const heard = (partition: number, above: number, most: number) =>
  log.replayer.query<{ sequence: number }>(
    `select sequence from log.heard('selector', $1, $2, 9223372036854775807, $3)`,
    [partition, above, most],
  );
const checkpoints = () =>
  log.replayer.query<{ partition: number; number: number }>(
    'select partition, number from log.checkpoints order by partition',
  );

/** Hands the next ones of a partition over, as its stream would, and lets the replayer move its checkpoint. */
async function advance(model: Routing, partition: number, most: number): Promise<void> {
  const { given, handled } = model;
  const known = (await checkpoints()).find((one) => one.partition === partition);
  if (!known) return;
  const from = Math.max(given.get(partition) ?? 0, known.number);
  const next = await heard(partition, from, most);
  const numbers = next.map(({ sequence }) => sequence);
  for (const number of numbers) handled.add(number);
  await log.admin.query(
    'insert into selector.inbox select unnest($1::bigint[]) on conflict do nothing',
    [numbers],
  );
  given.set(partition, numbers.at(-1) ?? from);
  const stream = {
    group: 'selector',
    partition,
    delivered: () => Promise.resolve({ last: given.get(partition)!, pending: undefined }),
    trim: () => Promise.resolve(0),
  } as unknown as Stream;
  await new Checkpointer(log.replayer, stream, logger).step();
}

const organisation = fc.nat({ max: organisations.length - 1 });
const writes = fc.tuple(organisation, fc.integer({ min: 1, max: 6 })).map(([who, count]) => ({
  name: `${count} of organisation ${who}`,
  run: async (model: Routing) => {
    const events = log.events(count).map((event) => ({ ...event, org: organisations[who]! }));
    await log.commit(...events);
    await model.numbering.round();
    model.written += count;
  },
}));
/** So many that a change of routing which begins ahead of the log is reached. */
const writesMany = organisation.map((who) => ({
  name: `many of organisation ${who}`,
  run: async (model: Routing) => {
    const events = log.events(600).map((event) => ({ ...event, org: organisations[who]! }));
    await log.commit(...events);
    await model.numbering.round();
    model.written += events.length;
  },
}));
const partition = fc.constantFrom(0, 0, 1, 2, DETOUR);
const advances = fc.tuple(partition, fc.constantFrom(1, 3, 700)).map(([which, most]) => ({
  name: `${most} of partition ${which} are handled`,
  run: (model: Routing) => advance(model, which, most),
}));
const relieves = fc.constantFrom(0, 1, 2).map((which) => ({
  name: `partition ${which} is full`,
  run: async ({ detours, given }: Routing) => {
    const known = (await checkpoints()).find((one) => one.partition === which);
    const checkpoint = known?.number ?? 0;
    const from = Math.max(given.get(which) ?? 0, checkpoint);
    if (known) await detours.relieve({ partition: which, checkpoint: 0, from });
  },
}));
const ends = fc.constant<RoutingStep>({
  name: 'detours end',
  run: ({ detours }) => detours.end(),
});
const sets = fc.integer({ min: 1, max: 3 }).map((count) => ({
  name: `${count} partitions`,
  run: ({ counts }: Routing) => counts.set(count),
}));
const forgets = fc.constant<RoutingStep>({
  name: 'counts that are over are forgotten',
  run: ({ counts }) => counts.forget(),
});

async function begin(): Promise<Routing> {
  await log.empty();
  await log.admin.query(
    `truncate log.checkpoints, log.hearings, log.partition_counts, log.detours,
              selector.inbox, selector.retries, selector.parked`,
  );
  await log.admin.query('select log.register_hearing($1, $2)', ['selector', [deviceDeleted.type]]);
  const given = new Map<number, number>();
  return {
    numbering: new Numbering(log.replayer),
    detours: new Detours(log.replayer, 'selector', logger, async () => given.get(DETOUR) ?? 0),
    counts: new PartitionCounts(log.replayer),
    given,
    handled: new Set(),
    written: 0,
  };
}

it('however events are routed and the routes change: each partition is given all that is its own, none is passed over', async () => {
  const steps = [writes, writes, writesMany, advances, advances, advances, relieves, relieves];
  await inAnyOrder([...steps, ends, ends, sets, forgets], {
    numRuns: 60,
    begin,
    end: async (model) => {
      // Twice: the detour follows the regular ones.
      for (const which of [0, 1, 2, DETOUR, 0, 1, 2, DETOUR]) await advance(model, which, 100_000);
      expect([...model.handled].sort((a, b) => a - b)).toEqual(upTo(model.written));
      expect(await log.admin.query('select number from selector.retries')).toEqual([]);
      for (const { number } of await checkpoints()) expect(number).toBe(model.written);
    },
  });
}, 120_000);
