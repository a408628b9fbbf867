import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { testDatabase, type TestDatabase } from '@skein/testing';
import { DataSource } from 'typeorm';
import { migrations } from './migrations/index.js';

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await testDatabase();
  source = new DataSource({ type: 'postgres', url: database.url, migrations: [migrations[0]!] });
  await source.initialize();
  await source.query('create schema log');
});
afterAll(async () => {
  await source?.destroy();
  await database?.close();
});

const pending = async () => {
  const rows = await source.query<{ name: string }[]>(
    'select name from selector.fleets where version <> scanned_version order by name',
  );
  return rows.map(({ name }) => name);
};
const insert = (name: string) =>
  source.query('insert into selector.fleets (org, fleet, name) values ($1, $2, $3)', [
    newUid(),
    newUid(),
    name,
  ]);

it('takes fleets for matched that an earlier build matched, and sees what such a build changes then', async () => {
  await source.runMigrations();
  for (const name of ['a', 'b', 'c']) await insert(name);
  const next = new DataSource({ type: 'postgres', url: database.url, migrations: [...migrations] });
  await next.initialize();
  await next.runMigrations();
  expect(await pending()).toEqual([]);
  await source.query(
    `update selector.fleets set selector = '{"matchLabels": {"a": "b"}}' where name = 'a'`,
  );
  await source.query(`update selector.fleets set selector_number = 7 where name = 'b'`);
  await source.query(`update selector.fleets set deleted = true where name = 'c'`);
  await insert('d');
  expect(await pending()).toEqual(['a', 'c', 'd']);
  await next.undoLastMigration();
  expect(await source.query(`select to_regclass('selector.wants') as wants`)).toEqual([
    { wants: null },
  ]);
  await next.runMigrations();
  await next.destroy();
});
