import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Delivered } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import type { Dispatch } from '@skein/stream';
import { untilLockIsWaitedFor } from '@skein/testing';
import { UnitScene } from '../test/unit-scene.js';

const MINUTE = 60_000;

let database: MigratedDatabase;
let scene: UnitScene;
let events: Delivered[];

const again = (number: number) => scene.unit.handleAgain(events[number - 1]!, scene.dispatch);
const retryDue = () => scene.unit.retryDue(scene.dispatch);
const handled = () => scene.task.calls.filter((call) => call.startsWith('labels'));
const rows = () =>
  scene.admin.query(
    `select number, attempts, reason, tried_by is not null as tried, due > now() as later
     from selector.retries order by number`,
  );
const waiting = { number: 2, attempts: 0, reason: 'it was delivered before' };
/** Another process begins to handle it, and dies. */
const diesOf = (number: number) =>
  scene.consumer.tryAgain(number, { by: randomUUID(), forMs: MINUTE });
/** Time passes, another process takes the retry, and dies. */
const diesOfRetry = async (number: number) => {
  await scene.hurry();
  return scene.consumer.tryDue(number, { by: randomUUID(), forMs: MINUTE });
};

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset({ retryLimit: 2 });
  events = await scene.logged(3);
});

describe('an event that was delivered before', () => {
  it('takes effect once, alone, and its row is gone', async () => {
    await again(2);
    await again(2);
    expect([await scene.tables(), handled()]).toEqual([
      { folded: [2], inbox: [2] },
      ['labels-updated 2'],
    ]);
  });

  it('is durably tried before its handler is entered', async () => {
    const seen: unknown[] = [];
    await scene.unit.handleAgain(events[1]!, async () => void seen.push(...(await rows())));
    expect(seen).toEqual([{ ...waiting, tried: true, later: true }]);
  });

  it('takes no effect when whoever had it did handle it', async () => {
    await scene.handle(events[1]!);
    await again(2);
    expect([await scene.tables(), handled()]).toEqual([
      { folded: [2], inbox: [2] },
      ['labels-updated 2'],
    ]);
  });

  it('takes no effect when that is so long ago that only the checkpoint knows', async () => {
    await scene.admin.query('update log.checkpoints set number = 2');
    await again(2);
    expect(await scene.tables()).toEqual({});
  });

  it('stays parked when it is', async () => {
    await scene.consumer.park(2, 'unknown');
    await again(2);
    expect(await scene.tables()).toEqual({ parked: [2] });
  });

  it('that fails is an attempt, and waits like any other that failed', async () => {
    scene.poisoned.add(2);
    await again(2);
    expect(await rows()).toEqual([
      { number: 2, attempts: 1, reason: 'poisoned', tried: false, later: true },
    ]);
  });

  it('is due at once, and has used up no attempt, when PostgreSQL failed', async () => {
    scene.poisoned.add(2);
    scene.refusal = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    await expect(again(2)).rejects.toBe(scene.refusal);
    expect(await rows()).toEqual([{ ...waiting, tried: false, later: false }]);
    scene.poisoned.clear();
    await again(2);
    await retryDue();
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
  });
});

/** Handles an event; the handler does not return before the test says so. */
async function frozen(event: Delivered) {
  const thawed = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const dispatch: Dispatch = async (...call) => {
    await scene.dispatch(...call);
    entered.resolve();
    await thawed.promise;
  };
  const done = scene.unit.handle([event], dispatch, 0);
  await entered.promise;
  return { thaw: thawed.resolve, done };
}
/** What can go on has gone on. */
const settle = () => sleep(100);

describe('an event that kills its process', () => {
  it('is tried while nothing else is handled, so that it is blamed for no other, and no other for it', async () => {
    await diesOf(2);
    await scene.hurry();
    const { thaw, done } = await frozen(events[0]!);
    const others = [retryDue(), settle().then(() => scene.handle(events[2]!))];
    await settle();
    const meanwhile = [handled(), await rows()];
    thaw();
    await Promise.all([done, ...others]);
    expect(meanwhile).toEqual([['labels-updated 1'], [{ ...waiting, tried: true, later: false }]]);
    expect(handled()).toEqual(['labels-updated 1', 'labels-updated 2', 'labels-updated 3']);
  });

  it('is not one that failed otherwise: that is tried beside others', async () => {
    await scene.unit.fail(2, new Error('first'));
    await scene.hurry();
    const { thaw, done } = await frozen(events[0]!);
    await retryDue();
    expect(handled()).toEqual(['labels-updated 1', 'labels-updated 2']);
    thaw();
    await done;
  });

  it('is left alone while the process may live, and then counts as failed', async () => {
    await diesOf(2);
    expect(await retryDue()).toBe(0);
    scene.poisoned.add(2);
    await scene.hurry();
    await retryDue();
    expect([await scene.column('retries', 'attempts'), handled()]).toEqual([
      [2],
      ['labels-updated 2'],
    ]);
  });

  it('is not handled in a batch any more, should the stream bring it anew', async () => {
    await diesOf(2);
    await scene.handle(...events);
    expect(handled()).toEqual(['labels-updated 1,3']);
    expect(await scene.tables()).toEqual({ folded: [1, 3], inbox: [1, 3], retries: [2] });
  });

  it('is not handled again, should the stream say again that it was delivered before', async () => {
    await diesOf(2);
    await again(2);
    expect([handled(), await rows()]).toEqual([[], [{ ...waiting, tried: true, later: true }]]);
  });

  it('is a dead letter after the last retry, and its handler is not entered once more', async () => {
    await diesOf(2);
    expect(await diesOfRetry(2)).toBe(1);
    expect(await diesOfRetry(2)).toBe(2);
    await scene.hurry();
    await retryDue();
    expect(await scene.tables()).toEqual({ inbox: [2], dead_letters: [2] });
    expect([
      await scene.column('dead_letters', 'attempts'),
      await scene.column('dead_letters', 'reason'),
      handled(),
    ]).toEqual([[3], ['its process ended while it was handled'], []]);
  });

  it('is handled in the end by a build that does not die of it', async () => {
    await diesOf(2);
    await diesOfRetry(2);
    await scene.hurry();
    await retryDue();
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
  });

  it('took effect once when its process was only frozen', async () => {
    const { thaw, done } = await frozen(events[1]!);
    const peer = again(2);
    await untilLockIsWaitedFor(scene.admin);
    thaw();
    await Promise.all([done, peer]);
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
  });
});

describe('a retry', () => {
  it('is tried by one at a time: a peer leaves it alone', async () => {
    await scene.unit.fail(2, new Error('first'));
    await scene.hurry();
    await scene.unit.retryDue(async () => {
      expect(await scene.consumer.tryDue(2, { by: randomUUID(), forMs: MINUTE })).toBeUndefined();
    });
    expect(await scene.tables()).toEqual({ inbox: [2] });
  });

  it('that fails by several processes at once is one attempt', async () => {
    await scene.unit.fail(2, new Error('first'));
    scene.poisoned.add(2);
    await scene.hurry();
    await Promise.all(Array.from({ length: 4 }, retryDue));
    expect([await scene.column('retries', 'attempts'), handled()]).toEqual([
      [2],
      ['labels-updated 2'],
    ]);
  });

  it('that its own process could not end, and not give back, is no attempt', async () => {
    const by = randomUUID();
    await scene.unit.fail(2, new Error('first'));
    await scene.hurry();
    expect(await scene.consumer.tryDue(2, { by, forMs: MINUTE })).toBe(1);
    await scene.hurry();
    expect(await scene.consumer.tryDue(2, { by, forMs: MINUTE })).toBe(1);
  });
});
