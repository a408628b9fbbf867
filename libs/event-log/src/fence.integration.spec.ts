import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, putIntoLog, type OpenTransaction } from '@skein/testing';
import { deletion, deliveryOf } from '../test/deliveries.js';
import { ConsumerLog } from './consumer-log.js';
import type { Delivery } from './in-log.js';

let database: MigratedDatabase;
let admin: Postgres;
let postgres: Postgres;
let consumer: ConsumerLog;

const begin = () => openTransaction(database.urlOf('selector'));
const inOrder = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);
const fenceIn = async (transaction: OpenTransaction, ...numbers: number[]) =>
  inOrder(await consumer.fence(transaction, 0, numbers.map(deliveryOf)));
const fenceOf = (...deliveries: Delivery[]) =>
  postgres.transaction(async (transaction) =>
    inOrder(await consumer.fence(transaction, 0, deliveries)),
  );
const fence = (...numbers: number[]) => fenceOf(...numbers.map(deliveryOf));
const inbox = async () =>
  (await admin.query<{ number: number }>('select number from selector.inbox order by number')).map(
    ({ number }) => number,
  );
/** What the replayer does once everything up to the number is handled. */
const checkpoint = (number: number) =>
  admin.transaction(async (transaction) => {
    await transaction.query(
      `update log.checkpoints set number = $1, pruned = $1 where service = 'selector'`,
      [number],
    );
    await transaction.query('delete from selector.inbox where number <= $1', [number]);
  });

/** Row 1 of the inbox is gone by the time that somebody inserts for the second time. */
const PRUNED_AT_THE_SECOND_INSERT = `
create sequence selector.inserts;
create function selector.pruned() returns trigger language plpgsql security definer as $$
begin
  if nextval('selector.inserts') = 2 then delete from selector.inbox where number = 1; end if;
  return null;
end $$;
create trigger pruned before insert on selector.inbox for each statement execute function selector.pruned()`;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  postgres = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(postgres, 'selector');
  await putIntoLog(admin, [1, 2, 3, 4, 5, 6].map(deletion));
});
afterAll(async () => {
  await Promise.all([admin?.close(), postgres?.close()]);
  await database?.close();
});
beforeEach(async () => {
  await admin.query(
    'truncate selector.inbox, selector.retries, selector.parked, selector.dead_letters',
  );
  await admin.query('delete from log.checkpoints');
  await consumer.register();
});

describe('the fence', () => {
  it('lets each number take effect once', async () => {
    expect(await fence(3, 1, 2)).toEqual([1, 2, 3]);
    expect(await fence(2, 3, 4)).toEqual([4]);
    expect(await fence(1, 2, 3, 4)).toEqual([]);
  });

  it('lets a number take effect again after a rollback', async () => {
    const transaction = await begin();
    expect(await fenceIn(transaction, 1)).toEqual([1]);
    await transaction.rollback();
    expect(await fence(1)).toEqual([1]);
  });

  it('swallows what is at or below the checkpoint, and leaves no inbox row of it', async () => {
    await checkpoint(5);
    expect(await fence(4, 5, 6)).toEqual([6]);
    expect(await inbox()).toEqual([6]);
  });

  it('lets the others take effect when what it collided with is pruned at that moment', async () => {
    await fence(1);
    await admin.query(`update log.checkpoints set number = 1 where service = 'selector'`);
    await admin.query(PRUNED_AT_THE_SECOND_INSERT);
    try {
      expect(await fence(1, 2)).toEqual([2]);
      expect(await inbox()).toEqual([2]);
    } finally {
      await admin.query('drop function selector.pruned() cascade; drop sequence selector.inserts');
    }
  });

  it('leaves what has a retry row to the retry, and leaves no inbox row of it', async () => {
    await consumer.retryLater({ number: 2, attempts: 1, delayMs: 60_000, reason: 'poisoned' });
    expect(await fence(1, 2, 3)).toEqual([1, 3]);
    expect(await inbox()).toEqual([1, 3]);
  });

  it('heeds the checkpoint of its own partition and service only', async () => {
    await admin.query(
      `insert into log.checkpoints (service, partition, number) values ('selector', 1, 9), ('render', 0, 9)`,
    );
    expect(await fence(4)).toEqual([4]);
  });

  it('works before there is a checkpoint', async () => {
    await admin.query('delete from log.checkpoints');
    expect(await fence(1)).toEqual([1]);
  });
});

describe('what a log that was restored to an earlier point has lost', () => {
  /** A stream has an event under a number that the log gave to another one since, or to none yet. */
  const lost = (sequence: number, id: string = newUid()): Delivery => ({ sequence, id });

  it('takes no effect, and leaves no inbox row: its number is free for the event that has it now', async () => {
    expect(await fenceOf(lost(3))).toEqual([]);
    expect(await fenceOf(lost(3), lost(2))).toEqual([]);
    expect(await inbox()).toEqual([]);
    expect(await fence(2, 3)).toEqual([2, 3]);
  });

  it('does not hold back what the log kept', async () => {
    expect(await fenceOf(lost(4), deliveryOf(2), lost(3), deliveryOf(1))).toEqual([1, 2]);
    expect(await inbox()).toEqual([1, 2]);
    expect(await fenceOf(deliveryOf(2), lost(3))).toEqual([]);
  });

  it('may lie beyond the end of the log', async () => {
    expect(await fenceOf(lost(99))).toEqual([]);
    expect(await fenceOf(deliveryOf(6), lost(99))).toEqual([6]);
    expect(await inbox()).toEqual([6]);
  });

  it('may have an id that is none', async () => {
    expect(await fenceOf(lost(2, ''), lost(3, 'no uuid'))).toEqual([]);
    expect(await fenceOf(deliveryOf(1), lost(3, 'no uuid'))).toEqual([1]);
    expect(await inbox()).toEqual([1]);
  });
});

describe('two deliveries of one number at once', () => {
  it('the second waits for the first, and sees that it is done', async () => {
    const [first, second] = [await begin(), await begin()];
    expect(await fenceIn(first, 1, 2)).toEqual([1, 2]);
    const waiting = fenceIn(second, 2, 3);
    await second.untilItWaits();
    await first.commit();
    expect(await waiting).toEqual([3]);
    await second.commit();
  });

  it('the second takes effect when the first rolls back', async () => {
    const [first, second] = [await begin(), await begin()];
    await fenceIn(first, 1);
    const waiting = fenceIn(second, 1);
    await second.untilItWaits();
    await first.rollback();
    expect(await waiting).toEqual([1]);
    await second.commit();
  });

  it('do not deadlock when they name numbers in other orders', async () => {
    const [first, second, third] = [await begin(), await begin(), await begin()];
    await fenceIn(first, 1);
    const waiting = fenceIn(second, 2, 1);
    await second.untilItWaits();
    expect(await fenceIn(third, 2)).toEqual([2]);
    await third.commit();
    await first.commit();
    expect(await waiting).toEqual([]);
    await second.commit();
  });

  it('a checkpoint that moves while the fence waits still swallows what it passed', async () => {
    const [slow, late] = [await begin(), await begin()];
    await fenceIn(slow, 1);
    const waiting = fenceIn(late, 1, 2);
    await late.untilItWaits();
    // Meanwhile a peer handles 2, the checkpoint passes it and its inbox row is pruned.
    expect(await fence(2)).toEqual([2]);
    await checkpoint(2);
    await slow.commit();
    expect(await waiting).toEqual([]);
    await late.commit();
    expect(await inbox()).toEqual([1]);
  });
});
