import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  keyColumnsQuery,
  keysWithoutOrganisation,
  timesWithoutZone,
  type Column,
  type KeyColumn,
  type Table,
} from '@skein/architecture';
import { consumerTableNames } from '@skein/event-log';
import { groups } from '@skein/events';
import pg from 'pg';
import { migratedDatabase, type MigratedDatabase } from './migrated-database.js';

/** Tables that belong to no organisation: those of the log, keyed by number or position, and those of the engine. */
const engine = groups.flatMap((room) => consumerTableNames.map((table) => `${room}.${table}`));
const schemas = [...groups, 'blobs'];

let database: MigratedDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await migratedDatabase();
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.close();
});

async function rows<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows;
}

describe('the tables of all services', () => {
  it('have keys that start with the organisation', async () => {
    const tables = await rows<Table>(
      `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'`,
    );
    const own = tables.filter(({ table_schema }) => schemas.includes(table_schema));
    expect(own.length).toBeGreaterThan(engine.length);
    const keys = await rows<KeyColumn>(keyColumnsQuery);
    expect(keysWithoutOrganisation(own, keys, engine)).toEqual([]);
  });

  it('hold times with their zone', async () => {
    const columns = await rows<Column>(
      `select table_schema, table_name, column_name, data_type from information_schema.columns
       where table_schema not in ('information_schema', 'pg_catalog')`,
    );
    expect(columns.length).toBeGreaterThan(0);
    expect(timesWithoutZone(columns)).toEqual([]);
  });
});
