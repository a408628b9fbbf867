import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, waitFor, type TestDatabase } from '@skein/testing';
import { isTransient } from './errors.js';
import { Postgres } from './postgres.js';

let database: TestDatabase;
let postgres: Postgres;

const open = (url = database.url) =>
  Postgres.open({ url, applicationName: 'skein-test', poolSize: 3 });
const numbers = async () =>
  (await postgres.query<{ number: number }>('select number from numbers order by number')).map(
    ({ number }) => number,
  );
const kill = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'skein-victim' and pid <> pg_backend_pid()`;
const connections = async (name: string) =>
  (
    await postgres.query(
      'select from pg_stat_activity where datname = current_database() and application_name = $1',
      [name],
    )
  ).length;

beforeAll(async () => {
  database = await testDatabase();
  postgres = await open();
  await postgres.query('create table numbers (number bigint primary key)');
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});
beforeEach(() => postgres.query('truncate numbers'));

describe('a query', () => {
  it('answers rows; big integers are numbers', async () => {
    expect(
      await postgres.query('select $1::bigint as number, count(*) from numbers', [2 ** 52]),
    ).toEqual([{ number: 2 ** 52, count: 0 }]);
  });

  it('that runs often is prepared, and prepared anew after its table changed', async () => {
    const one = await Postgres.open({ url: database.url, applicationName: 'one', poolSize: 1 });
    const all = () => one.query('select * from numbers where number = $1', [1]);
    const prepared = () => one.query('select from pg_prepared_statements');
    await postgres.query('insert into numbers values (1)');
    await all();
    await all();
    expect(await prepared()).toHaveLength(0);
    expect([await all(), (await prepared()).length]).toEqual([[{ number: 1 }], 1]);
    await postgres.query(`alter table numbers add column note text default 'new'`);
    expect(await all()).toEqual([{ number: 1, note: 'new' }]);
    await postgres.query('alter table numbers drop column note');
    const inTransaction = () =>
      one.transaction((transaction) =>
        transaction.query('select * from numbers where number = $1', [1]),
      );
    const outdated: unknown = await inTransaction().catch((error: unknown) => error);
    expect(isTransient(outdated)).toBe(true);
    expect(await inTransaction()).toEqual([{ number: 1 }]);
    await one.close();
  });

  it('is planned for its parameters each time where they decide which plan is good', async () => {
    const one = await Postgres.open({ url: database.url, applicationName: 'one', poolSize: 1 });
    const anew = { planAnew: true };
    for (let time = 0; time < 5; time += 1) {
      expect(await one.query('select $1::int as time', [time], anew)).toEqual([{ time }]);
      await one.transaction(({ query }) => query('select $1::int', [time], anew));
    }
    expect(await one.query('select from pg_prepared_statements')).toEqual([]);
    await one.close();
  });

  it('is not prepared where that is not wanted', async () => {
    const settings = { url: database.url, applicationName: 'one', poolSize: 1, prepare: false };
    const one = await Postgres.open(settings);
    for (let time = 0; time < 5; time += 1) await one.query('select $1::int', [time]);
    expect(await one.query('select from pg_prepared_statements')).toEqual([]);
    await one.close();
  });

  it('can be one of more than there are connections', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => postgres.query('select $1::int as n', [n])),
    );
    expect(answers.flat()).toHaveLength(20);
    expect(await connections('skein-test')).toBeLessThanOrEqual(3);
  });
});

describe('a transaction', () => {
  it('commits what it did and resolves with its result', async () => {
    const result = await postgres.transaction(async (transaction) => {
      await transaction.query('insert into numbers values (1)');
      return 'done';
    });
    expect([result, await numbers()]).toEqual(['done', [1]]);
  });

  it('waits for the disk unless it says otherwise, and only then', async () => {
    await postgres.query(`
create table commits (synchronous text);
create function note_commit() returns trigger language plpgsql as
  'begin insert into commits values (current_setting(''synchronous_commit'')); return null; end';
create constraint trigger at_commit after insert on numbers deferrable initially deferred
  for each row execute function note_commit()`);
    const insert = (number: number, asynchronously: boolean) =>
      postgres.transaction(async (transaction) => {
        await transaction.query('insert into numbers values ($1)', [number]);
        if (asynchronously) transaction.commitAsynchronously();
      });
    await insert(1, false);
    await insert(2, true);
    await insert(3, false);
    const commits = await postgres.query<{ synchronous: string }>(
      'select synchronous from commits',
    );
    expect(commits.map(({ synchronous }) => synchronous)).toEqual(['on', 'off', 'on']);
    expect(await numbers()).toEqual([1, 2, 3]);
    await postgres.query('drop function note_commit() cascade; drop table commits');
  });

  it('leaves nothing when the work throws, and hands on that very error', async () => {
    const refused = new Error('refused');
    const failing = postgres.transaction(async (transaction) => {
      await transaction.query('insert into numbers values (1)');
      throw refused;
    });
    await expect(failing).rejects.toBe(refused);
    expect(await numbers()).toEqual([]);
  });

  it('leaves nothing when a statement fails, and gives its connection back', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const failing = postgres.transaction(async (transaction) => {
        await transaction.query('insert into numbers values (1)');
        await transaction.query('insert into numbers values (1)');
      });
      await expect(failing).rejects.toMatchObject({ code: '23505' });
    }
    expect(await numbers()).toEqual([]);
  });

  it('is READ COMMITTED', async () => {
    const failing = postgres.transaction(async (transaction) => {
      await transaction.query('insert into numbers values (1)');
      expect(await transaction.query('select number from numbers')).toEqual([{ number: 1 }]);
      expect(await transaction.query('show transaction_isolation')).toEqual([
        { transaction_isolation: 'read committed' },
      ]);
      expect(await numbers()).toEqual([]);
      throw new Error('back');
    });
    await expect(failing).rejects.toThrow('back');
    expect(await numbers()).toEqual([]);
  });
});

describe('a connection that breaks', () => {
  const victim = () => Postgres.open({ url: database.url, applicationName: 'skein-victim' });

  it('in a transaction fails it in a way that can be tried again, and the next one works', async () => {
    const broken = await victim();
    const failing = broken.transaction(async (transaction) => {
      await transaction.query('insert into numbers values (1)');
      await postgres.query(kill);
      await transaction.query('insert into numbers values (2)');
    });
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect([isTransient(error), await numbers()]).toEqual([true, []]);
    expect(await broken.transaction((transaction) => transaction.query('select 1 as one'))).toEqual(
      [{ one: 1 }],
    );
    await broken.close();
  });

  it('while nobody uses it harms nobody', async () => {
    const broken = await victim();
    await postgres.query(kill);
    await waitFor(async () => (await connections('skein-victim')) === 0);
    expect(await waitFor(() => broken.query('select 1 as one'))).toEqual([{ one: 1 }]);
    await broken.close();
  });
});

describe('opening', () => {
  it('refuses a server that acknowledges commits which it can still lose, and keeps no connection', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c synchronous_commit=off');
    const opening = Postgres.open({ url: url.href, applicationName: 'skein-lossy' });
    await expect(opening).rejects.toThrow(/synchronous_commit is off/);
    await waitFor(async () => (await connections('skein-lossy')) === 0);
  });

  it('refuses a role whose transactions are not READ COMMITTED', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c default_transaction_isolation=serializable');
    const opening = Postgres.open({ url: url.href, applicationName: 'skein-strict' });
    await expect(opening).rejects.toThrow(/default_transaction_isolation is serializable/);
  });

  it('fails in a way that can be tried again while there is no server', async () => {
    const error: unknown = await open('postgres://nobody@127.0.0.1:1/none').catch(
      (thrown: unknown) => thrown,
    );
    expect(isTransient(error)).toBe(true);
  });
});
