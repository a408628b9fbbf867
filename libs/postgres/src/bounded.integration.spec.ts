import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  openTransaction,
  testDatabase,
  type OpenTransaction,
  type TestDatabase,
} from '@skein/testing';
import { TooManyWaiting } from './bounded.js';
import { isTransient } from './errors.js';
import { Postgres } from './postgres.js';

let database: TestDatabase;
let postgres: Postgres;
let holder: OpenTransaction;

const WAIT_MS = 3_000;

beforeAll(async () => {
  database = await testDatabase();
  const bounds = { poolSize: 1, mostWaiting: 3, waitMs: WAIT_MS };
  postgres = await Postgres.open({ url: database.url, applicationName: 'skein-test', ...bounds });
  await postgres.query('create table held (number bigint)');
});
beforeEach(async () => {
  holder = await openTransaction(database.url);
  await holder.query('lock table held');
});
afterEach(() => holder.rollback().catch(() => undefined));
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

describe('the statements of clients', () => {
  const scoped = () => postgres.within({});
  const read = (number: number) =>
    scoped().query<{ number: number }>(
      'select $1::bigint as number from (select count(*) from held) h',
      [number],
    );
  /** More than there are connections and room to wait. */
  const flood = () =>
    Array.from({ length: 7 }, (_, number) =>
      read(number).then(
        ([row]) => row!.number,
        (error: unknown) => error,
      ),
    );

  it('wait for a connection, first come, first served, while there is room; then they are refused', async () => {
    const ended: unknown[] = [];
    const answers = flood().map((one) => one.then((answer) => ended.push(answer)));
    await Promise.all(answers.slice(4));
    expect(ended).toEqual([
      expect.any(TooManyWaiting),
      expect.any(TooManyWaiting),
      expect.any(TooManyWaiting),
    ]);
    expect(ended.every(isTransient)).toBe(true);
    expect(postgres.waiting).toBe(3);
    await holder.commit();
    await Promise.all(answers);
    expect(ended.slice(3)).toEqual([0, 1, 2, 3]);
    expect(postgres.waiting).toBe(0);
  });

  it('wait no longer than they may', async () => {
    const answers = flood();
    const errors = await Promise.all(answers.slice(1));
    expect(errors.map((error) => error instanceof TooManyWaiting)).toEqual([
      ...[false, false, false],
      ...[true, true, true],
    ]);
    expect(errors.every(isTransient)).toBe(true);
    await holder.commit();
    expect(await Promise.all(answers.slice(0, 1))).toEqual([0]);
  });

  it('do not refuse what the service does by itself', async () => {
    const answers = flood();
    const own = postgres.query('select 1 as one');
    await answers.at(-1);
    await holder.commit();
    expect(await own).toEqual([{ one: 1 }]);
    await Promise.all(answers);
  });
});
