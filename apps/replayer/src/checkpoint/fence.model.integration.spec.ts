import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ConsumerLog } from '@skein/event-log';
import { deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openLogger } from '@skein/telemetry';
import { openTransaction } from '@skein/testing';
import fc from 'fast-check';
import { LogScene } from '../../test/log-scene.js';
import { inAnyOrder, type Step } from '../../test/steps.js';
import type { Stream } from '../publishing/stream.js';
import { Checkpointer } from './checkpointer.js';
import { LateRows } from './late-rows.js';

const EVENTS = 12;
let database: MigratedDatabase;
let log: LogScene;
let selector: Postgres;
let consumer: ConsumerLog;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  log = await LogScene.open(database, openTransaction);
  selector = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(selector, 'selector');
});
afterAll(async () => {
  await Promise.all([log?.close(), selector?.close()]);
  await database?.close();
});

interface Handling {
  /** How often each number took effect. */
  readonly effects: Map<number, number>;
  /** Dead letters are no effect, and are counted here instead while they are that. */
  readonly buried: Set<number>;
}
type HandlingStep = Step<Handling>;

class Crash extends Error {}

function took({ effects, buried }: Handling, number: number): void {
  expect(buried.has(number)).toBe(false);
  effects.set(number, (effects.get(number) ?? 0) + 1);
  expect(effects.get(number)).toBe(1);
}

/** Redis as the checkpoint sees it: all up to one number is delivered, the smallest pending is another. */
const streamAt = (last: number, pending?: number) =>
  ({
    group: 'selector',
    partition: 0,
    delivered: () => Promise.resolve({ last, pending }),
    trim: () => Promise.resolve(0),
  }) as unknown as Stream;

const number = fc.integer({ min: 1, max: EVENTS });
const deliveries = fc.uniqueArray(number, { minLength: 1, maxLength: 4 });

const deliver = fc.tuple(deliveries, fc.boolean()).map(([numbers, crashes]): HandlingStep => ({
  name: `${crashes ? 'delivered to one that dies' : 'delivered'}: ${numbers.join()}`,
  run: async (model) => {
    const deliveries = await log.deliveries(numbers);
    const fenced = selector.transaction(async (transaction) => {
      const fresh = await consumer.fence(transaction, 0, deliveries);
      if (crashes) throw new Crash();
      return fresh;
    });
    const fresh = await fenced.catch((error: unknown) => {
      if (error instanceof Crash) return [];
      throw error;
    });
    for (const one of fresh) took(model, one);
  },
}));
const retry = fc.tuple(number, fc.boolean()).map(([one, crashes]): HandlingStep => ({
  name: `${one} is retried${crashes ? ' by one that dies' : ''}`,
  run: async (model) => {
    const tried = selector.transaction(async (transaction) => {
      const fresh = await consumer.fenceRetry(transaction, one);
      if (crashes) throw new Crash();
      return fresh;
    });
    const fresh = await tried.catch((error: unknown) => {
      if (error instanceof Crash) return false;
      throw error;
    });
    if (fresh) took(model, one);
  },
}));
const fails = number.map((one): HandlingStep => ({
  name: `${one} failed, says somebody`,
  run: () => consumer.retryLater({ number: one, attempts: 1, delayMs: 0, reason: 'broken' }),
}));
const triedAgain = number.map((one): HandlingStep => ({
  name: `${one} is marked as attempted`,
  run: async () => {
    const by = '00000000-0000-7000-8000-000000000001';
    await consumer.tryAgain(one, { by, forMs: 0 });
  },
}));
const parks = number.map((one): HandlingStep => ({
  name: `${one} is parked`,
  run: () => consumer.park(one, 'unknown'),
}));
const wakes = fc.constant<HandlingStep>({
  name: 'what is parked is woken',
  run: async () => void (await consumer.wakeParked()),
});
const buries = number.map((one): HandlingStep => ({
  name: `${one} is given up`,
  run: async ({ buried, effects }) => {
    if (!(await consumer.bury(one, 11, 'broken'))) return;
    expect(effects.get(one)).toBeUndefined();
    buried.add(one);
  },
}));
const asks = number.map((one): HandlingStep => ({
  name: `somebody asks for ${one} again`,
  run: async ({ buried }) => {
    await log.admin.query('select selector.retry_dead_letters($1)', [[one]]);
    buried.delete(one);
  },
}));
const moves = fc
  .tuple(number, fc.option(number, { nil: undefined }))
  .map(([last, pending]): HandlingStep => ({
    name: `the checkpoint, delivered to ${last}, pending ${pending ?? 'none'}`,
    run: async () => {
      await new Checkpointer(log.replayer, streamAt(last, pending), logger).step();
    },
  }));
const race = fc.tuple(number, number).map(([one, other]): HandlingStep => ({
  name: `two replayers move the checkpoint to ${one} and ${other}`,
  run: async () => {
    const both = [one, other].map((last) => new Checkpointer(log.replayer, streamAt(last), logger));
    await Promise.all(both.map((checkpointer) => checkpointer.step()));
  },
}));
const prunesLate = fc.constant<HandlingStep>({
  name: 'late rows are pruned',
  run: async () => void (await new LateRows(log.replayer, 'selector', 3).step()),
});
const logger = openLogger('replayer', 'silent');

async function empty(): Promise<void> {
  await log.admin.query(
    'truncate selector.inbox, selector.retries, selector.parked, selector.dead_letters, log.checkpoints, log.hearings, log.sequence, log.events',
  );
  await log.admin.query('select log.register_hearing($1, $2)', ['selector', [deviceDeleted.type]]);
  await log.commit(...log.events(EVENTS));
  await log.admin.query(
    `insert into log.sequence (sequence, position, type)
     select row_number() over (order by position), position, type from log.events`,
  );
}

const steps = [deliver, deliver, retry, retry, fails, triedAgain, parks, wakes];
const others = [buries, asks, moves, moves, race, prunesLate];

it('whatever is delivered, retried, parked, given up and pruned in any order: each event takes effect once', async () => {
  await inAnyOrder([...steps, ...others], {
    numRuns: 40,
    begin: async () => {
      await empty();
      return { effects: new Map(), buried: new Set<number>() };
    },
    end: async (model) => {
      await new Checkpointer(log.replayer, streamAt(EVENTS), logger).step();
      await consumer.wakeParked();
      for (const { number: due } of await log.admin.query<{ number: number }>(
        'select number from selector.retries order by 1',
      )) {
        const fresh = await selector.transaction((transaction) =>
          consumer.fenceRetry(transaction, due),
        );
        if (fresh) took(model, due);
      }
      const done = [...model.effects.keys(), ...model.buried].sort((a, b) => a - b);
      expect(done).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 1));
      while ((await new LateRows(log.replayer, 'selector', 5).step()) > 0);
      expect(await log.admin.query('select number from selector.inbox')).toEqual([]);
    },
  });
});
