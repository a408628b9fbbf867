import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@skein/testing';
import { bigintArray, jsonArray, smallintArray, textArray, uuidArray } from './binary-array.js';
import { Postgres } from './postgres.js';

let database: TestDatabase;
let postgres: Postgres;
const seen = async (type: string, array: Buffer) => {
  const [row] = await postgres.query<{ texts: unknown }>(
    `select array(select element::text from unnest($1::${type}[]) element) as texts`,
    [array],
  );
  return row!.texts;
};

beforeAll(async () => {
  database = await testDatabase();
  postgres = await Postgres.open({ url: database.url, applicationName: 'test' });
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const uuids = ['00000000-0000-0000-0000-000000000000', '01a1f9fa-693f-789b-84a7-58fdf5a9e7fa'];

describe('an array in binary form', () => {
  it.each([
    ['uuid', uuidArray(uuids), uuids],
    [
      'text',
      textArray(['', 'é\u2028"\\,{}', undefined, 'NULL']),
      ['', 'é\u2028"\\,{}', null, 'NULL'],
    ],
    ['json', jsonArray(['{"a":"é"}', 'null']), ['{"a":"é"}', 'null']],
    [
      'bigint',
      bigintArray([0, -1, 2 ** 31, 2 ** 52 + 1, -(2 ** 40) - 3]),
      ['0', '-1', '2147483648', '4503599627370497', '-1099511627779'],
    ],
    ['smallint', smallintArray([0, 32_767, -32_768]), ['0', '32767', '-32768']],
  ])('of %s arrives as it was', async (type, array, texts) => {
    expect(await seen(type, array)).toEqual(texts);
  });

  it.each([
    ['uuid', uuidArray([])],
    ['text', textArray([])],
    ['json', jsonArray([])],
    ['bigint', bigintArray([])],
    ['smallint', smallintArray([])],
  ])('of no %s is empty', async (type, array) => {
    expect(await seen(type, array)).toEqual([]);
  });

  it.each([
    '',
    'device-1',
    `${uuids[1]}0`,
    uuids[1]!.replace('a', 'g'),
    uuids[1]!.replace('a', 'ā'),
    uuids[1]!.replace('-', 'a'),
  ])('of ids is refused when one is %j', (wrong) => {
    expect(() => uuidArray([uuids[0]!, wrong])).toThrow('an id is not a UUID');
  });
});
