import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import type { Transaction } from '@skein/postgres';
import { openTransaction, untilLockIsWaitedFor, waitFor } from '@skein/testing';
import { UnitScene } from '../test/unit-scene.js';
import type { Want } from './batch.js';
import { TimerLoop } from './timer-loop.js';
import { Timers, timersTable } from './timers.js';

const MINUTE = 60_000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const timers = new Timers('selector');

let database: MigratedDatabase;
let scene: UnitScene;
/** What the task was asked to decide. */
let asked: Want[];

const timer = (uid = newUid()) => ({ kind: 'device' as const, org: DEFAULT_ORGANISATION, uid });
const set = (one: ReturnType<typeof timer>, afterMs = MINUTE, origin = {}) =>
  scene.log.postgres.transaction((transaction) =>
    timers.set(transaction, [{ ...one, afterMs, origin }]),
  );
const ring = async (own = timers) => {
  await own.settle(scene.log.postgres);
  await scene.unit.sweep((batch) => own.ring(batch));
};
/** The replayer saw nothing more in a round that began so long after now, and had numbered so much. */
const quiet = (afterMs: number, last: number) =>
  scene.admin.query(
    `update log.quiet_round set began_at = now() + make_interval(secs => $1 / 1000.0), last_number = $2`,
    [afterMs, last],
  );
const handledUpTo = (number: number) =>
  scene.admin.query(`update log.checkpoints set number = $1 where service = 'selector'`, [number]);
const askedFor = () => asked.map(({ uid }) => uid);

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
  await scene.admin.query(timersTable('selector'));
  await scene.admin.query('grant all on selector.timers to public');
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset();
  await scene.admin.query('truncate selector.timers');
  await scene.admin.query(`update log.quiet_round set began_at = '-infinity', last_number = 0`);
  asked = [];
  scene.task.perform = async (batch) => {
    asked.push(...batch.wants('device'));
    return [];
  };
});

describe('a timer', () => {
  it('acts once when it is due and the service has handled all that was committed before', async () => {
    const one = timer();
    await set(one, MINUTE, { actor: 'operator' });
    await quiet(2 * MINUTE, 7);
    await handledUpTo(7);
    await ring();
    await ring();
    expect(asked).toEqual([{ ...one, origin: { actor: 'operator' }, causes: new Set(['timer']) }]);
  });

  it('does not act before it is due', async () => {
    await set(timer());
    await quiet(MINUTE - 1_000, 7);
    await handledUpTo(7);
    await ring();
    expect(asked).toEqual([]);
  });

  it('does not act on a backlog: silence is not known before that is handled', async () => {
    const one = timer();
    await set(one);
    await quiet(2 * MINUTE, 7);
    await handledUpTo(6);
    await ring();
    expect(asked).toEqual([]);
    await handledUpTo(7);
    await ring();
    expect(askedFor()).toEqual([one.uid]);
  });

  it('does not act while nobody numbers what is committed', async () => {
    await set(timer(), -MINUTE);
    await handledUpTo(100);
    await ring();
    expect(asked).toEqual([]);
  });

  it('does not wait for what came after it was due, however much that is', async () => {
    const one = timer();
    await set(one);
    await quiet(2 * MINUTE, 7);
    await ring();
    await quiet(3 * MINUTE, 100);
    await handledUpTo(7);
    await ring();
    expect(askedFor()).toEqual([one.uid]);
  });

  it('set again is due later, also when it was due', async () => {
    const one = timer();
    await set(one);
    await quiet(2 * MINUTE, 7);
    await ring();
    await set(one, 5 * MINUTE);
    await handledUpTo(7);
    await ring();
    expect(asked).toEqual([]);
  });

  it('is still there when its decision fails', async () => {
    const one = timer();
    await set(one, -MINUTE);
    await quiet(0, 0);
    scene.task.failure = new Error('undecided');
    const { perform } = scene.task;
    scene.task.perform = async () => {
      throw scene.task.failure;
    };
    await expect(ring()).rejects.toBe(scene.task.failure);
    scene.task.perform = perform;
    await ring();
    expect(askedFor()).toEqual([one.uid]);
  });

  it('by two processes at once acts once', async () => {
    const all = Array.from({ length: 20 }, () => timer());
    for (const one of all) await set(one, -MINUTE);
    await quiet(0, 0);
    await Promise.all(Array.from({ length: 4 }, () => ring()));
    await ring();
    expect(askedFor().sort()).toEqual(all.map(({ uid }) => uid).sort());
  });

  it('is set by whoever holds its lock, also while it rings, and does not ring then', async () => {
    const key = `select pg_advisory_xact_lock(1)`;
    const lockTimers = async (transaction: Transaction) => void (await transaction.query(key));
    const [one, other] = [timer(), timer()];
    await set(one, -MINUTE);
    await set(other, -MINUTE);
    await quiet(0, 0);
    const holder = await openTransaction(database.adminUrl);
    await holder.query(key);
    const ringing = ring(new Timers('selector', { lockTimers }));
    await untilLockIsWaitedFor(scene.admin);
    await holder.query(`set local lock_timeout = '200ms'`);
    await timers.set(holder, [{ ...one, afterMs: MINUTE, origin: {} }]);
    await holder.commit();
    await ringing;
    expect(askedFor()).toEqual([other.uid]);
  });
});

describe('the loop of a service', () => {
  it('rings its timers until it stops', async () => {
    const loop = new TimerLoop(timers, scene.unit, scene.log.postgres, silent);
    const one = timer();
    await set(one, -MINUTE);
    await quiet(0, 0);
    loop.onApplicationBootstrap();
    await waitFor(() => asked.length > 0);
    await loop.beforeApplicationShutdown();
    expect(askedFor()).toEqual([one.uid]);
  });

  it('waits for the detour only when its organisation takes it', async () => {
    const [flooding, other] = [{ ...timer(), org: newUid() }, timer()];
    await set(flooding);
    await set(other);
    await quiet(2 * MINUTE, 7);
    await handledUpTo(7);
    const detour = (number: number) =>
      scene.admin.query(
        `insert into log.checkpoints (service, partition, number) values ('selector', 1000, $1)
         on conflict (service, partition) do update set number = excluded.number`,
        [number],
      );
    await detour(3);
    await scene.admin.query(
      `insert into log.detours (service, org_slot, from_number) values ('selector', log.org_slot($1), 3)`,
      [flooding.org],
    );
    await ring();
    expect(askedFor()).toEqual([other.uid]);
    await detour(7);
    await ring();
    expect(askedFor()).toEqual([other.uid, flooding.uid]);
    await scene.admin.query('truncate log.detours');
  });
});
