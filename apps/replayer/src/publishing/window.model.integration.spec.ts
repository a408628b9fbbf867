import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction, testRedis, type TestRedis } from '@skein/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene, upTo, windowOf } from '../../test/publishing-scene.js';
import { inAnyOrder, type Step } from '../../test/steps.js';
import { Backlog } from '../figures/backlog.js';
import type { Publisher } from './publisher.js';

const LIMITS = { entries: 10, bytes: 8_000 };
let database: MigratedDatabase;
let place: TestRedis;
let scene: PublishingScene;

beforeAll(async () => {
  [database, place] = await Promise.all([migratedDatabase(['selector']), testRedis()]);
  const log = await LogScene.open(database, openTransaction);
  scene = new PublishingScene(log, new Redis(place.url), place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
  await scene?.log.close();
  await database?.close();
});

interface Replaying {
  readonly publisher: Publisher;
  /** Counts by the window of this publisher. */
  readonly backlog: Backlog;
}

/** Two replayers that publish, and a service that handles in order. */
interface Publishing {
  readonly publishers: Replaying[];
  written: number;
  handled: number;
}
type PublishingStep = Step<Publishing>;

function fresh(): Replaying {
  const window = windowOf(LIMITS.entries, LIMITS.bytes);
  const backlog = new Backlog(scene.log.replayer, scene.stream, window);
  return { publisher: scene.publisher(window), backlog };
}

/** Whatever a publisher knows of the stream: what it counts is what waits. */
async function countsWhatWaits({ publishers, written, handled }: Publishing): Promise<void> {
  for (const { backlog } of publishers) {
    const counted = await backlog.look({ checkpoint: handled, last: written, hearings: 1 });
    expect(counted).toEqual({ events: written - handled, complete: true });
  }
}

/** Never above the limits, and without a gap from wherever it begins. */
async function isWithin(): Promise<void> {
  const entries = await scene.redis.xrange(scene.stream.key, '-', '+');
  const bytes = entries.flatMap(([, [id, text]]) => [id!.length, Buffer.byteLength(text!)]);
  const sum = bytes.reduce((total, one) => total + one, 0);
  expect(entries.length).toBeLessThanOrEqual(LIMITS.entries);
  if (entries.length > 1) expect(sum).toBeLessThanOrEqual(LIMITS.bytes);
  const ids = await scene.ids();
  expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
}

/** The service handles up to so many of the next entries; only those that follow on each other. */
async function handle(model: Publishing, count: number): Promise<void> {
  const next = (await scene.ids()).filter((id) => id > model.handled).slice(0, count);
  expect(next).toEqual(upTo(model.handled + next.length, model.handled + 1));
  model.handled += next.length;
  await scene.checkpoint(model.handled);
  const trimmed = await scene.stream.trim(model.handled);
  for (const { publisher } of model.publishers) publisher.trimmed(trimmed);
}

const who = fc.nat({ max: 1 });
const some = fc.integer({ min: 1, max: 6 });

const writes = fc
  .tuple(some, fc.constantFrom(10, 900, 3_000, 9_000))
  .map(([count, bytes]): PublishingStep => ({
    name: `${count} of ${bytes} bytes are written`,
    run: async (model) => {
      const event = () => scene.log.event(newUid(), 'x'.repeat(bytes));
      await scene.log.commit(...Array.from({ length: count }, event));
      await scene.number();
      model.written += count;
    },
  }));
const publishes = who.map((at): PublishingStep => ({
  name: `${at} publishes`,
  run: async ({ publishers }) => {
    await scene.step(publishers[at]!.publisher);
    await isWithin();
  },
}));
const race = fc.constant<PublishingStep>({
  name: 'both publish at once',
  run: async ({ publishers }) => {
    await Promise.all(publishers.map(({ publisher }) => scene.step(publisher)));
    await isWithin();
  },
});
const handles = some.map((count): PublishingStep => ({
  name: `${count} are handled`,
  run: async (model) => {
    // What was damaged is found by looking; until then, there is nothing to be read.
    for (const { publisher } of model.publishers) publisher.distrust();
    await scene.step(model.publishers[0]!.publisher);
    await handle(model, count);
    await isWithin();
  },
}));
const restarts = who.map((at): PublishingStep => ({
  name: `${at} starts again`,
  run: async ({ publishers }) => void (publishers[at] = fresh()),
}));
const looks = who.map((at): PublishingStep => ({
  name: `${at} looks at the stream`,
  run: async ({ publishers }) => publishers[at]!.publisher.distrust(),
}));
const lost = fc.constant<PublishingStep>({
  name: 'the stream is lost',
  run: async () => void (await scene.redis.del(scene.stream.key)),
});
const trimmedByHand = some.map((left): PublishingStep => ({
  name: `somebody trims it to ${left}`,
  run: async () => void (await scene.redis.xtrim(scene.stream.key, 'MAXLEN', left)),
}));
const flushed = fc.constant<PublishingStep>({
  name: 'its group is gone',
  run: async () => {
    await scene.redis.xgroup('DESTROY', scene.stream.key, 'selector').catch(() => undefined);
  },
});

const counts = fc.constant<PublishingStep>({ name: 'both count what waits', run: countsWhatWaits });

const usual = [writes, publishes, publishes, race, handles, handles, counts, counts];
const faults = [restarts, looks, lost, trimmedByHand, flushed];

it('whatever is written, published, handled and damaged: the window holds, and everything comes in the end', async () => {
  await inAnyOrder([...usual, ...faults], {
    numRuns: 40,
    begin: async () => {
      await scene.empty(deviceDeleted.type);
      return { publishers: [fresh(), fresh()], written: 0, handled: 0 };
    },
    end: async (model) => {
      const { publisher } = model.publishers[0]!;
      for (let turns = 0; model.handled < model.written; turns += 1) {
        expect(turns).toBeLessThan(1_000);
        publisher.distrust();
        await scene.run(publisher);
        await isWithin();
        await handle(model, LIMITS.entries);
      }
    },
  });
});
