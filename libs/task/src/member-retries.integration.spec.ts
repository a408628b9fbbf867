import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FailedMembers } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  devicesMatched,
  newUid,
  taskPermanentlyFailed,
  type Delivered,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import type { Batch } from './batch.js';
import { membersOf } from './members.js';
import { UnitScene } from '../test/unit-scene.js';

let database: MigratedDatabase;
let scene: UnitScene;
let whole: Delivered;
let devices: string[];
/** Places whose members the handler refuses. */
let poisoned: Set<number>;
let refusal: Error;

const dispatch = async (_type: string, events: readonly Delivered[], context: object) => {
  const { transaction, wantEach } = context as Batch;
  const uids = events.flatMap((one) =>
    (membersOf(one) as { device: string }[]).map(({ device }) => device),
  );
  await transaction.query('insert into selector.seen select unnest($1::text[])', [uids]);
  for (const one of events) wantEach.call(context as Batch, 'device', one, uids);
  if (uids.some((uid) => poisoned.has(devices.indexOf(uid)))) throw refusal;
};
const handle = () => scene.unit.handle([whole], dispatch, 0);
const retry = async () => {
  await scene.hurry();
  return scene.unit.retryDue(dispatch);
};
const placesOf = (uids: readonly string[]) => uids.map((uid) => devices.indexOf(uid)).sort();
/** Members that took effect, as places. */
const seen = async () =>
  placesOf(
    (await scene.admin.query<{ device: string }>('select * from selector.seen')).map(
      ({ device }) => device,
    ),
  );
/** Members about which a decision was appended, as places. */
const answered = async () =>
  placesOf(
    (await scene.appended())
      .filter(({ causationid }) => causationid === whole.event.id)
      .map(({ data }) => data.members[0]!.device),
  );
const failed = () =>
  scene.admin.query(
    `select number, member, attempts, reason, due > now() as later from selector.failed_members order by member`,
  );

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await UnitScene.open(database);
  await scene.admin.query('create table selector.seen (device text)');
  await scene.admin.query('grant all on selector.seen to public');
});
afterAll(async () => {
  await scene?.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.reset({ retryLimit: 2 });
  await scene.admin.query('truncate selector.seen');
  devices = Array.from({ length: 5 }, () => newUid());
  poisoned = new Set();
  refusal = new Error('poisoned');
  const members = devices.map((device) => ({
    device,
    owner: null,
    labelsVersion: 1,
    multipleOwners: [],
  }));
  const org = DEFAULT_ORGANISATION;
  const events = [{ definition: devicesMatched, org, subject: org, data: { members } }];
  await scene.log.commit(async () => ({ events, result: () => undefined }));
  await scene.admin.query(
    'insert into log.sequence select 1, position, type from log.events order by position',
  );
  whole = (await scene.consumer.read(1))!;
});

describe('a batch event of which some members fail', () => {
  it('takes effect for the others, once, and counts as handled; the failed ones wait', async () => {
    poisoned = new Set([1, 4]);
    await handle();
    expect([await seen(), await answered()]).toEqual([
      [0, 2, 3],
      [0, 2, 3],
    ]);
    expect(await scene.tables()).toEqual({ inbox: [1], failed_members: [1, 1] });
    expect(await failed()).toEqual(
      [1, 4].map((member) => ({
        number: 1,
        member,
        attempts: 1,
        reason: 'poisoned',
        later: true,
      })),
    );
  });

  it('is not split when it does not fail', async () => {
    await handle();
    expect([await seen(), await failed()]).toEqual([[0, 1, 2, 3, 4], []]);
  });

  it('fails as a whole when all members fail', async () => {
    poisoned = new Set([0, 1, 2, 3, 4]);
    await expect(handle()).rejects.toBe(refusal);
    expect([await scene.tables(), await seen()]).toEqual([{}, []]);
  });

  it('fails as a whole when none fails alone', async () => {
    scene.task.perform = async (batch) => {
      if (batch.size === devices.length) throw refusal;
      return [];
    };
    await expect(handle()).rejects.toBe(refusal);
    expect([await scene.tables(), await seen()]).toEqual([{}, []]);
  });

  it('is not split when the failure says nothing about it', async () => {
    poisoned = new Set([1]);
    refusal = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    let calls = 0;
    const counting: typeof dispatch = (...call) => {
      calls += 1;
      return dispatch(...call);
    };
    await expect(scene.unit.handle([whole], counting, 0)).rejects.toBe(refusal);
    expect([calls, await scene.tables(), await seen()]).toEqual([1, {}, []]);
  });

  it('is handled again when PostgreSQL fails while the culprits are looked for', async () => {
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const failing = async (_type: string, [one]: readonly Delivered[]) => {
      throw membersOf(one!).length === devices.length ? refusal : deadlock;
    };
    await expect(scene.unit.handle([whole], failing, 0)).rejects.toBe(deadlock);
    expect(await scene.tables()).toEqual({});
  });

  it('is split by a retry, too', async () => {
    await scene.unit.fail(1, new Error('first'));
    poisoned = new Set([3]);
    await retry();
    expect([await seen(), await scene.tables()]).toEqual([
      [0, 1, 2, 4],
      { inbox: [1], failed_members: [1] },
    ]);
  });
});

describe('a member that failed', () => {
  beforeEach(async () => {
    poisoned = new Set([1, 4]);
    await handle();
  });

  it('is left alone until it is due', async () => {
    expect(await scene.unit.retryDue(dispatch)).toBe(0);
  });

  it('takes effect alone, once, when it is due, whatever the checkpoint says', async () => {
    poisoned.delete(1);
    await scene.admin.query('update log.checkpoints set number = 1');
    await retry();
    expect(await failed()).toMatchObject([{ member: 4, attempts: 2 }]);
    await retry();
    expect([await seen(), await answered()]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('by two processes at once takes effect once', async () => {
    poisoned.clear();
    await scene.hurry();
    await Promise.all(Array.from({ length: 4 }, () => scene.unit.retryDue(dispatch)));
    expect([await seen(), await failed()]).toEqual([[0, 1, 2, 3, 4], []]);
  });

  it('has used up no attempt when PostgreSQL failed, and is due at once', async () => {
    refusal = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    await expect(retry()).rejects.toBe(refusal);
    expect(await failed()).toMatchObject([{ attempts: 1, later: false }, { attempts: 1 }]);
  });

  it('is counted when its process dies of it', async () => {
    poisoned.clear();
    const members = new FailedMembers(scene.log.postgres, 'selector');
    const place = { number: 1, member: 1 };
    const attempt = () => ({ by: randomUUID(), forMs: 60_000 });
    await scene.hurry();
    expect(await members.tryDue(place, attempt())).toBe(1);
    expect(await members.tryDue(place, attempt())).toBeUndefined();
    await scene.hurry();
    expect(await members.tryDue(place, attempt())).toBe(2);
    await scene.hurry();
    await scene.admin.query('update selector.failed_members set attempts = 2');
    await retry();
    expect(await scene.tables()).toMatchObject({ dead_letters: [1] });
    expect(await seen()).toEqual([0, 2, 3, 4]);
  });

  it('whose process ended is tried while nothing else is handled', async () => {
    poisoned.clear();
    const due = (member: number, by: string | null) =>
      scene.admin.query(
        'update selector.failed_members set due = now(), tried_by = $2 where member = $1',
        [member, by],
      );
    await due(4, null);
    const [entered, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const other = scene.unit.retryDue(async (...call) => {
      entered.resolve();
      await thawed.promise;
      await dispatch(...call);
    });
    await entered.promise;
    await due(1, randomUUID());
    const alone = scene.unit.retryDue(dispatch);
    await sleep(100);
    const meanwhile = await seen();
    thawed.resolve();
    await Promise.all([other, alone]);
    expect([meanwhile, await seen(), await failed()]).toEqual([[0, 2, 3], [0, 1, 2, 3, 4], []]);
  });

  it('is given up after the last retry: its event is a dead letter that names it', async () => {
    await retry();
    await retry();
    expect(await scene.tables()).toEqual({ inbox: [1], dead_letters: [1] });
    const [reason] = (await scene.column('dead_letters', 'reason')) as string[];
    for (const at of [1, 4]) expect(reason).toContain(`device ${devices[at]}: poisoned`);
    const told = await scene.admin.query<{ data: { cause: string; attempts: number } }>(
      `select e.data from log.events e join log.types t on t.id = e.type where t.name = $1`,
      [taskPermanentlyFailed.selector.type],
    );
    expect(told.map(({ data }) => data.attempts)).toEqual([3, 3]);
  });
});
