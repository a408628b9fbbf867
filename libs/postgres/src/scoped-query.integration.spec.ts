import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@skein/testing';
import { Postgres } from './postgres.js';
import type { Database } from './statements.js';

const SETTING = `select current_setting('skein.test', true) as setting, current_user as role`;

let database: TestDatabase;
let postgres: Postgres;
let owner: string;
let role: string;
let scoped: Database;

beforeAll(async () => {
  database = await testDatabase();
  // One connection: what is left on it would be seen.
  postgres = await Postgres.open({ url: database.url, applicationName: 'test', poolSize: 1 });
  [{ owner, role }] = (await postgres.query<{ owner: string; role: string }>(
    `select current_user as owner, current_database() || '_scoped' as role`,
  )) as [{ owner: string; role: string }];
  await postgres.query(`create role "${role}"`);
  await postgres.query('create table seen (number bigint primary key)');
  await postgres.query('create table unseen (number bigint primary key)');
  await postgres.query(`grant all on seen to "${role}"`);
  scoped = postgres.within({ role, 'skein.test': "it's" });
});
afterAll(async () => {
  await postgres?.query('drop table seen, unseen');
  await postgres?.query(`drop role "${role}"`);
  await postgres?.close();
  await database?.close();
});

const nothingIsLeft = async () =>
  expect(await postgres.query(SETTING)).toEqual([
    { setting: expect.not.stringContaining('it'), role: owner },
  ]);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => error.message,
  );
const prepared = async () =>
  (
    await postgres.query<{ name: string }>('select name from pg_prepared_statements order by 1')
  ).map(({ name }) => name);

describe('a statement in a scope', () => {
  it('has its settings and its role, and leaves nothing of them on the connection', async () => {
    for (let time = 0; time < 5; time += 1) {
      expect(await scoped.query(SETTING)).toEqual([{ setting: "it's", role }]);
      await nothingIsLeft();
    }
    expect(await prepared()).toContain('skein_scoped_1');
  });

  it('answers rows for parameters, and changes what it may change', async () => {
    const insert = 'insert into seen values ($1), ($1 + 1) returning number';
    const rows = await scoped.query(insert, [1]);
    expect(rows).toEqual([{ number: 1 }, { number: 2 }]);
    expect(await postgres.query('delete from seen returning number')).toHaveLength(2);
  });

  it('fails by what its role may not, again and again, and the connection goes on', async () => {
    for (let time = 0; time < 5; time += 1) {
      expect(await failure(scoped.query('select * from unseen'))).toMatch(/permission denied/);
      await nothingIsLeft();
    }
    await postgres.query(`grant select on unseen to "${role}"`);
    for (let time = 0; time < 5; time += 1) {
      expect(await scoped.query('select * from unseen')).toEqual([]);
    }
    await postgres.query(`revoke select on unseen from "${role}"`);
  });

  it('does not run without the scope, prepared or not, and runs when that can be had', async () => {
    const missing = `${role}_missing`;
    const other = postgres.within({ role: missing });
    const insert = 'insert into seen values ($1)';
    for (let time = 0; time < 5; time += 1) {
      expect(await failure(other.query(insert, [time]))).toMatch(/role .* does not exist/);
    }
    expect(await postgres.query('select * from seen')).toEqual([]);
    await postgres.query(`create role "${missing}"`);
    await postgres.query(`grant insert on seen to "${missing}"`);
    for (let time = 0; time < 5; time += 1) await other.query(insert, [time]);
    expect(await postgres.query('delete from seen returning number')).toHaveLength(5);
    await postgres.query(`drop owned by "${missing}"`);
    await postgres.query(`drop role "${missing}"`);
    await nothingIsLeft();
  });

  it('is not planned with what was planned without it', async () => {
    await postgres.query('create policy odd on seen for select using (number % 2 = 1)');
    await postgres.query('alter table seen enable row level security');
    await postgres.query('insert into seen values (1), (2), (3), (4)');
    const count = 'select count(*) from seen';
    for (let time = 0; time < 5; time += 1) {
      expect(await scoped.query(count)).toEqual([{ count: 2 }]);
      expect(await postgres.query(count)).toEqual([{ count: 4 }]);
    }
    await postgres.query('delete from seen');
    await postgres.query('alter table seen disable row level security');
  });

  it('that cannot be sent fails, and the connection goes on', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(await failure(scoped.query('select $1::json', [circular]))).toMatch(/circular/);
    expect(await scoped.query('select $1::int as number', [7])).toEqual([{ number: 7 }]);
    await nothingIsLeft();
  });
});

describe('a transaction in a scope', () => {
  it('is in it from its first statement to its end', async () => {
    const seen = await scoped.transaction(async (transaction) => {
      const first = await transaction.query(SETTING);
      await transaction.query('insert into seen values (1)');
      return [...first, ...(await transaction.query(SETTING))];
    });
    const inScope = { setting: "it's", role };
    expect(seen).toEqual([inScope, inScope]);
    await nothingIsLeft();
    expect(await postgres.query('delete from seen returning number')).toEqual([{ number: 1 }]);
  });

  it('that fails leaves nothing', async () => {
    const failed = scoped.transaction(async (transaction) => {
      await transaction.query('insert into seen values (1)');
      await transaction.query('select * from unseen');
    });
    expect(await failure(failed)).toMatch(/permission denied/);
    await nothingIsLeft();
    expect(await postgres.query('select * from seen')).toEqual([]);
  });
});
