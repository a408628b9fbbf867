import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLog } from '@skein/event-log';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { LateRows } from './late-rows.js';

let database: MigratedDatabase;
let admin: Postgres;
let replayer: Postgres;
let selector: Postgres;
let consumer: ConsumerLog;
let late: LateRows;

const inbox = async () =>
  (await admin.query<{ number: number }>('select number from selector.inbox order by number')).map(
    ({ number }) => number,
  );
const begin = () => openTransaction(database.urlOf('selector'));
const retryNow = (number: number) =>
  selector.transaction((transaction) => consumer.fenceRetry(transaction, number));
/** As the checkpoint finds an event that was lost. */
const heal = (number: number) =>
  admin.query(`insert into selector.retries values ($1, 0, now(), now(), 'lost')`, [number]);
const pruneTo = (number: number) =>
  admin.query('update log.checkpoints set number = $1, pruned = $1', [number]);

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  const open = (url: string) => Postgres.open({ url, applicationName: 'test' });
  [admin, replayer, selector] = await Promise.all([
    open(database.adminUrl),
    open(database.urlOf('replayer')),
    open(database.urlOf('selector')),
  ]);
  consumer = new ConsumerLog(selector, 'selector');
  late = new LateRows(replayer, 'selector', 2);
});
afterAll(async () => {
  await Promise.all([admin, replayer, selector].map((postgres) => postgres?.close()));
  await database?.close();
});
beforeEach(async () => {
  await admin.query(
    'truncate selector.inbox, selector.retries, selector.failed_members, selector.parked, selector.dead_letters, log.checkpoints',
  );
  await consumer.register();
});

describe('inbox rows that came after pruning had passed them', () => {
  it('go, those of retries and of dead letters, a few at a time; what is above stays', async () => {
    await pruneTo(10);
    for (const number of [2, 4, 6, 8]) await heal(number);
    for (const number of [2, 4, 6]) expect(await retryNow(number)).toBe(true);
    await consumer.bury(8, 11, 'broken');
    await admin.query('insert into selector.inbox values (11)');
    expect([await late.step(), await inbox()]).toEqual([2, [6, 8, 11]]);
    expect([await late.step(), await inbox()]).toEqual([2, [11]]);
    expect(await late.step()).toBe(0);
  });

  it('stay while a retry, a parked event or a member waits', async () => {
    await pruneTo(10);
    await admin.query('insert into selector.inbox select generate_series(1, 4)');
    await heal(1);
    await admin.query(`insert into selector.parked values (2, now(), 'unknown')`);
    await admin.query(
      `insert into selector.failed_members (number, member, attempts, due, reason) values (3, 0, 1, now(), 'broken')`,
    );
    expect([await late.step(), await inbox()]).toEqual([1, [1, 2, 3]]);
    expect(await retryNow(1)).toBe(false);
    expect([await late.step(), await inbox()]).toEqual([1, [2, 3]]);
  });

  it('do not keep a dead letter from being tried again', async () => {
    await pruneTo(10);
    await heal(5);
    await consumer.bury(5, 11, 'broken');
    await late.step();
    await admin.query('select selector.retry_dead_letters($1)', [[5]]);
    expect([await retryNow(5), await retryNow(5)]).toEqual([true, false]);
  });

  it('stay while a statement that began before them may still put a retry down', async () => {
    await pruneTo(10);
    await heal(5);
    const [handler, zombie] = [await begin(), await begin()];
    expect(await consumer.fenceRetry(handler, 5)).toBe(true);
    const retrying = new ConsumerLog(zombie, 'selector').retryLater({
      number: 5,
      attempts: 1,
      delayMs: 0,
      reason: 'broken',
    });
    await zombie.untilItWaits();
    await handler.commit();
    await retrying;
    expect(await late.step()).toBe(0);
    await zombie.commit();
    expect(await late.step()).toBe(0);
    expect(await retryNow(5)).toBe(false);
    expect([await late.step(), await inbox()]).toEqual([1, []]);
  });

  it('are looked for nowhere before the service registered', async () => {
    expect(await new LateRows(replayer, 'render').step()).toBe(0);
  });
});
