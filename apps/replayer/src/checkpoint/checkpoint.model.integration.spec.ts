import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ConsumerLog } from '@skein/event-log';
import { deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openLogger } from '@skein/telemetry';
import { openTransaction, testRedis, type TestRedis } from '@skein/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene, upTo } from '../../test/publishing-scene.js';
import { inAnyOrder, type Step } from '../../test/steps.js';
import type { Publisher } from '../publishing/publisher.js';
import { Checkpointer } from './checkpointer.js';

let database: MigratedDatabase;
let place: TestRedis;
let scene: PublishingScene;
let selector: Postgres;
let consumer: ConsumerLog;
let checkpointer: Checkpointer;

beforeAll(async () => {
  [database, place] = await Promise.all([migratedDatabase(['selector']), testRedis()]);
  const log = await LogScene.open(database, openTransaction);
  scene = new PublishingScene(log, new Redis(place.url), place.prefix);
  selector = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(selector, 'selector');
  checkpointer = new Checkpointer(log.replayer, scene.stream, openLogger('replayer', 'silent'));
});
afterAll(async () => {
  scene?.redis.disconnect();
  await Promise.all([place?.close(), scene?.log.close(), selector?.close()]);
  await database?.close();
});

/** A replayer that publishes, and a service that reads, handles and acknowledges, or does not. */
interface Service {
  readonly publisher: Publisher;
  /** Read from the stream and not acknowledged, as far as the service remembers. */
  readonly inHand: Set<number>;
  readonly effects: Set<number>;
  written: number;
  checkpoint: number;
}
type ServiceStep = Step<Service>;

/** Everything at or below the checkpoint took effect, or waits as a row; and it never goes back. */
async function isHonest(model: Service): Promise<void> {
  const [row] = await scene.log.admin.query<{ number: number; last: number }>(
    'select number, (select coalesce(max(sequence), 0) from log.sequence) as last from log.checkpoints',
  );
  expect(row!.number).toBeGreaterThanOrEqual(model.checkpoint);
  expect(row!.number).toBeLessThanOrEqual(row!.last);
  model.checkpoint = row!.number;
  const waiting = await scene.log.admin.query<{ number: number }>(
    'select number from selector.retries union select number from selector.parked',
  );
  const safe = new Set([...model.effects, ...waiting.map(({ number }) => number)]);
  expect(upTo(model.checkpoint).filter((number) => !safe.has(number))).toEqual([]);
}

async function read(count: number): Promise<number[]> {
  const place = ['STREAMS', scene.stream.key, '>'] as const;
  const found = (await scene.redis
    .xreadgroup('GROUP', 'selector', 'me', 'COUNT', count, ...place)
    .catch(() => null)) as [string, [string, string[]][]][] | null;
  return (found?.[0]?.[1] ?? []).map(([id]) => Number(id.split('-')[0]));
}

function took({ effects }: Service, number: number): void {
  expect(effects.has(number)).toBe(false);
  effects.add(number);
}

async function handle(model: Service, numbers: readonly number[]): Promise<void> {
  const deliveries = await scene.log.deliveries(numbers);
  const fresh = await selector.transaction((transaction) =>
    consumer.fence(transaction, 0, deliveries),
  );
  for (const number of fresh) took(model, number);
}

async function acknowledge({ inHand }: Service, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) inHand.delete(number);
  const ids = numbers.map((number) => `${number}-0`);
  if (ids.length > 0) await scene.redis.xack(scene.stream.key, 'selector', ...ids);
}

async function retryAll(model: Service): Promise<void> {
  for (const { number } of await consumer.due(1_000)) {
    const fresh = await selector.transaction((transaction) =>
      consumer.fenceRetry(transaction, number),
    );
    if (fresh) took(model, number);
  }
}

const some = fc.integer({ min: 1, max: 4 });
/** Some of what is in hand: those at the bits that are set. */
const choice = fc.integer({ min: 1, max: 63 });
const chosen = ({ inHand }: Service, bits: number) =>
  [...inHand].filter((_, index) => bits & (1 << (index % 6)));

const writes = some.map((count): ServiceStep => ({
  name: `${count} are written`,
  run: async (model) => {
    await scene.number(count);
    model.written += count;
  },
}));
const publishes = fc.constant<ServiceStep>({
  name: 'published',
  run: async ({ publisher }) => {
    publisher.distrust();
    await scene.run(publisher);
  },
});
const reads = some.map((count): ServiceStep => ({
  name: `${count} are read`,
  run: async ({ inHand }) => (await read(count)).forEach((number) => inHand.add(number)),
}));
const arrives = some.map((count): ServiceStep => ({
  name: `${count} are written, published and read`,
  run: async (model) => {
    const { publisher, inHand } = model;
    await scene.number(count);
    model.written += count;
    publisher.distrust();
    await scene.run(publisher);
    (await read(count)).forEach((number) => inHand.add(number));
  },
}));
const handles = choice.map((bits): ServiceStep => ({
  name: `handled (${bits})`,
  possible: ({ inHand }) => inHand.size > 0,
  run: (model) => handle(model, chosen(model, bits)),
}));
const acknowledges = choice.map((bits): ServiceStep => ({
  name: `acknowledged (${bits}), handled or not`,
  possible: ({ inHand }) => inHand.size > 0,
  run: (model) => acknowledge(model, chosen(model, bits)),
}));
const puts = choice.map((bits): ServiceStep => ({
  name: `put away and acknowledged (${bits})`,
  possible: ({ inHand }) => inHand.size > 0,
  run: async (model) => {
    const numbers = chosen(model, bits);
    for (const number of numbers) {
      if (number % 2 === 0) await consumer.park(number, 'unknown');
      else await consumer.retryLater({ number, attempts: 1, delayMs: 0, reason: 'broken' });
    }
    await acknowledge(model, numbers);
  },
}));
const moves = fc.constant<ServiceStep>({
  name: 'the checkpoint moves',
  run: async (model) => {
    await checkpointer.step();
    await isHonest(model);
  },
});
const race = fc.constant<ServiceStep>({
  name: 'two move the checkpoint at once',
  run: async (model) => {
    await Promise.all([checkpointer.step(), checkpointer.step()]);
    await isHonest(model);
  },
});
const retries = fc.constant<ServiceStep>({ name: 'retries run', run: retryAll });
const lost = fc.constant<ServiceStep>({
  name: 'the stream is lost',
  run: async () => void (await scene.redis.del(scene.stream.key)),
});
const emptied = fc.constant<ServiceStep>({
  name: 'somebody empties the stream',
  run: async () => void (await scene.redis.xtrim(scene.stream.key, 'MAXLEN', 0)),
});
const forgets = fc.constant<ServiceStep>({
  name: 'the service dies with what it has in hand',
  run: async ({ inHand }) => inHand.clear(),
});

const arrival = [arrives, arrives, arrives, writes, publishes, reads];
const handling = [
  handles,
  handles,
  handles,
  acknowledges,
  acknowledges,
  acknowledges,
  puts,
  retries,
];
const checkpointing = [moves, moves, moves, race];
const faults = [lost, emptied, forgets];

it('whatever is delivered, acknowledged and lost: the checkpoint passes nothing that is not handled', async () => {
  await inAnyOrder([...arrival, ...handling, ...checkpointing, ...faults], {
    numRuns: 25,
    begin: async () => {
      await scene.empty(deviceDeleted.type);
      await scene.log.admin.query('truncate selector.inbox, selector.retries, selector.parked');
      const publisher = scene.publisher();
      const sets = { inHand: new Set<number>(), effects: new Set<number>() };
      return { publisher, ...sets, written: 0, checkpoint: 0 };
    },
    end: async (model) => {
      await scene.redis.del(scene.stream.key);
      model.publisher.distrust();
      await scene.run(model.publisher);
      const rest = await read(1_000);
      await handle(model, rest);
      await acknowledge(model, rest);
      await checkpointer.step();
      await isHonest(model);
      expect(model.checkpoint).toBe(model.written);
      await consumer.wakeParked();
      await retryAll(model);
      expect([...model.effects].sort((a, b) => a - b)).toEqual(upTo(model.written));
    },
  });
});
