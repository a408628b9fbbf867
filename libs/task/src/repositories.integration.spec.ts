import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  newUid,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  type Delivered,
  type EventDefinition,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { testDatabase, type TestDatabase } from '@skein/testing';
import { Repositories, repositoriesTable } from './repositories.js';

let database: TestDatabase;
let postgres: Postgres;
const repositories = new Repositories('work');
const org = newUid();

beforeAll(async () => {
  database = await testDatabase();
  postgres = await Postgres.open({ url: database.url, applicationName: 'test' });
  await postgres.query(`create schema work; ${repositoriesTable('work')}`);
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

function event<Data>(
  { type, kind }: EventDefinition<Data>,
  subject: string,
  sequence: number,
  data: Data,
): Delivered<Data> {
  const attributes = { id: newUid(), source: '/test', time: '2026-01-01T00:00:00Z', version: 1 };
  return { sequence, event: { ...attributes, type, kind, org, subject, data } };
}
const spec = (url: string) => ({ spec: { type: 'git', url }, credentials: null });
const urlOf = async (name: string) =>
  (await repositories.named(postgres, org, [name])).get(name)?.spec['url'];

it('keeps the newest spec, whatever the order of arrival, also within one batch', async () => {
  const uid = newUid();
  const created = event(repositoryCreated, uid, 1, { name: 'config', ...spec('one') });
  const updated = event(repositorySpecUpdated, uid, 2, spec('two'));
  await repositories.fold(postgres, [updated]);
  expect(await urlOf('config')).toBeUndefined();
  await repositories.fold(postgres, [created]);
  expect(await urlOf('config')).toBe('two');
  const last = event(repositorySpecUpdated, uid, 4, spec('four'));
  await repositories.fold(postgres, [last, event(repositorySpecUpdated, uid, 3, spec('three'))]);
  expect(await urlOf('config')).toBe('four');
});

it('finds a name again after its deletion, and a late event brings nothing back', async () => {
  const [first, second] = [newUid(), newUid()];
  await repositories.foldDeleted(postgres, [event(repositoryDeleted, first, 12, { name: 'web' })]);
  await repositories.fold(postgres, [
    event(repositoryCreated, first, 11, { name: 'web', ...spec('old') }),
  ]);
  expect(await urlOf('web')).toBeUndefined();
  await repositories.fold(postgres, [
    event(repositoryCreated, second, 13, { name: 'web', ...spec('new') }),
  ]);
  expect(await urlOf('web')).toBe('new');
});
