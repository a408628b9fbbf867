import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres, type Transaction } from '@skein/postgres';
import { openLedger } from './ledger.js';

let database: MigratedDatabase;
let admin: Postgres;
let selector: Postgres;

beforeAll(async () => {
  database = await migratedDatabase();
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  selector = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  await openLedger(admin);
});
afterAll(async () => {
  await Promise.all([admin?.close(), selector?.close()]);
  await database?.close();
});
beforeEach(() => admin.query('truncate selector.inbox, selector.retries, faults.effects'));

const insert = (transaction: Transaction, ...numbers: number[]) =>
  transaction.query('insert into selector.inbox select unnest($1::bigint[])', [numbers]);
const remove = (transaction: Transaction, number: number) =>
  transaction.query('delete from selector.inbox where number = $1', [number]);
async function effects(): Promise<number[]> {
  const rows = await admin.query<{ number: number }>(
    'select number from faults.effects order by number',
  );
  return rows.map(({ number }) => number);
}

describe('the ledger of effects', () => {
  it('has what a service commits, with no right that the service lacks', async () => {
    await selector.transaction((transaction) => insert(transaction, 1, 2));
    expect(await effects()).toEqual([1, 2]);
  });

  it('has nothing of what was rolled back', async () => {
    const failing = selector.transaction(async (transaction) => {
      await insert(transaction, 1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await effects()).toEqual([]);
  });

  it('leaves out what the same transaction takes back', async () => {
    await selector.transaction(async (transaction) => {
      await insert(transaction, 1, 2);
      await remove(transaction, 1);
    });
    expect(await effects()).toEqual([2]);
  });

  it('keeps what is pruned later, and shows what takes effect again', async () => {
    await selector.transaction((transaction) => insert(transaction, 1));
    await selector.transaction((transaction) => remove(transaction, 1));
    expect(await effects()).toEqual([1]);
    await selector.transaction((transaction) => insert(transaction, 1));
    expect(await effects()).toEqual([1, 1]);
  });
});

it('remembers which retries the replayer asked for, and not those of the service', async () => {
  const replayer = await Postgres.open({
    url: database.urlOf('replayer'),
    applicationName: 'test',
  });
  const ask = (by: Postgres, number: number) =>
    by.query(
      `insert into selector.retries (number, attempts, due, reason) values ($1, 0, now(), 'due')`,
      [number],
    );
  await ask(selector, 1);
  await ask(replayer, 2);
  await replayer.close();
  expect(await admin.query('select * from faults.healed')).toEqual([
    { service: 'selector', number: 2 },
  ]);
});

it('remembers each attempt that failed, also when the retry is gone', async () => {
  await selector.query(
    `insert into selector.retries (number, attempts, due, reason) values (7, 0, now(), 'due')`,
  );
  await selector.query(`update selector.retries set due = now()`);
  await selector.query(`update selector.retries set attempts = 1, reason = 'broken'`);
  await selector.query(`delete from selector.retries`);
  expect(await admin.query('select * from faults.failures')).toEqual([
    { service: 'selector', number: 7, attempts: 1, reason: 'broken' },
  ]);
});

it('remembers what was parked, also when it was woken', async () => {
  await selector.query(`insert into selector.parked (number, reason) values (8, 'unknown')`);
  await selector.query('delete from selector.parked');
  expect(await admin.query('select * from faults.parked')).toEqual([
    { service: 'selector', number: 8, reason: 'unknown' },
  ]);
});

describe('what was given up', () => {
  beforeEach(async () => {
    await admin.query('truncate selector.dead_letters');
    await selector.transaction(async (transaction) => {
      await insert(transaction, 5);
      await transaction.query(`insert into selector.dead_letters values (5, 1, now(), 'broken')`);
    });
  });

  it('has no effect any more when somebody asks for it again', async () => {
    expect(await effects()).toEqual([5]);
    await admin.query('select selector.retry_dead_letters(array[5])');
    expect(await effects()).toEqual([]);
  });

  it('stays done when it is dropped', async () => {
    await admin.query('select selector.drop_dead_letters(array[5])');
    expect(await effects()).toEqual([5]);
  });
});
