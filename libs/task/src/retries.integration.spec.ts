import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceLabelsUpdated, UnreadableEvent, type Delivered } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { deliveryOf, UnitScene } from '../test/unit-scene.js';

let database: MigratedDatabase;
let scene: UnitScene;
let events: Delivered[];

const retry = async () => {
  await scene.hurry();
  return scene.unit.retryDue(scene.dispatch);
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

describe('an event that failed', () => {
  it('waits as a row, with the reason and for about as long as it must', async () => {
    await scene.unit.fail(2, new Error('poisoned'));
    expect(
      await scene.admin.query(
        `select number, attempts, reason, due between now() + interval '50 s' and now() + interval '70 s' as soon from selector.retries`,
      ),
    ).toEqual([{ number: 2, attempts: 1, reason: 'poisoned', soon: true }]);
    expect(await scene.unit.retryDue(scene.dispatch)).toBe(0);
  });

  it('is handled when it is due, as if the stream had brought it, and its row is gone', async () => {
    await scene.unit.fail(2, new Error('poisoned'));
    expect(await retry()).toBe(1);
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
    expect(await scene.appended()).toMatchObject([{ causationid: events[1]!.event.id }]);
    expect(scene.wakes).toBe(1);
    expect(await retry()).toBe(0);
  });

  it('is handled below the checkpoint too', async () => {
    await scene.unit.fail(2, new Error('poisoned'));
    await scene.admin.query('update log.checkpoints set number = 3');
    await retry();
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
  });

  it('takes no effect when the stream brought it again meanwhile', async () => {
    await scene.unit.fail(2, new Error('poisoned'));
    await scene.handle(events[1]!);
    await retry();
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
    expect(await scene.appended()).toHaveLength(1);
  });

  it('that fails again leaves nothing but its row, which counts', async () => {
    scene.poisoned.add(2);
    await scene.unit.fail(2, new Error('first'));
    await retry();
    expect(await scene.tables()).toEqual({ retries: [2] });
    expect([
      await scene.column('retries', 'attempts'),
      await scene.column('retries', 'reason'),
    ]).toEqual([[2], ['poisoned']]);
    expect(await scene.appended()).toEqual([]);
  });

  it('is a dead letter after the last retry, and holds nothing up', async () => {
    scene.poisoned.add(2);
    await scene.unit.fail(2, new Error('first'));
    await retry();
    await retry();
    expect(await scene.tables()).toEqual({ inbox: [2], dead_letters: [2] });
    expect(await scene.column('dead_letters', 'attempts')).toEqual([3]);
    scene.poisoned.clear();
    await scene.handle(...events);
    expect(await scene.column('folded')).toEqual([1, 3]);
  });

  it('does not hold the others back', async () => {
    scene.poisoned.add(2);
    for (const { sequence } of events) await scene.unit.fail(sequence, new Error('away'));
    expect(await retry()).toBe(3);
    expect(await scene.column('folded')).toEqual([1, 3]);
    expect(await scene.column('retries')).toEqual([2]);
  });

  it('has used up no attempt when PostgreSQL failed', async () => {
    await scene.unit.fail(2, new Error('first'));
    scene.poisoned.add(2);
    scene.refusal = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    await expect(retry()).rejects.toBe(scene.refusal);
    expect(scene.unit.isTransient(scene.refusal)).toBe(true);
    expect(await scene.column('retries', 'attempts')).toEqual([1]);
  });

  it('by two processes at once takes effect once', async () => {
    await scene.unit.fail(2, new Error('first'));
    await scene.hurry();
    await Promise.all(Array.from({ length: 4 }, () => scene.unit.retryDue(scene.dispatch)));
    expect(await scene.tables()).toEqual({ folded: [2], inbox: [2] });
  });

  it('that is not in the log is no endless retry', async () => {
    await scene.unit.fail(99, new Error('first'));
    await retry();
    await retry();
    expect(await scene.column('dead_letters', 'reason')).toEqual(['event 99 is not in the log']);
  });
});

describe('an event that cannot be read', () => {
  const unreadable = (code: 'unknown' | 'malformed') => new UnreadableEvent(code, code);

  it('is parked when this build does not know its type', async () => {
    await scene.unit.setAside(deliveryOf(events[1]!), unreadable('unknown'));
    expect(await scene.tables()).toEqual({ parked: [2] });
  });

  it('is a dead letter when it is malformed', async () => {
    await scene.unit.setAside(deliveryOf(events[1]!), unreadable('malformed'));
    expect(await scene.tables()).toEqual({ inbox: [2], dead_letters: [2] });
  });

  it('is parked by a retry too, and uses up no attempt', async () => {
    await scene.unit.fail(2, new Error('first'));
    const rename = (from: string, to: string) =>
      scene.admin.query('update log.types set name = $2 where name = $1', [from, to]);
    await rename(deviceLabelsUpdated.type, 'skein.device.labels-updated.v9');
    await retry();
    await rename('skein.device.labels-updated.v9', deviceLabelsUpdated.type);
    expect(await scene.tables()).toEqual({ parked: [2] });
  });
});
