import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from './servers/postgres.js';
import type { PostgresServer } from './servers/postgres.js';
import { testDatabase } from './test-database.js';

const given = process.env['SKEIN_DATABASE_URL'];

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function restoreEnvironment(): void {
  if (given) process.env['SKEIN_DATABASE_URL'] = given;
  else delete process.env['SKEIN_DATABASE_URL'];
}

describe('testDatabase on a given server', () => {
  let own: PostgresServer | undefined;
  let url: string;
  beforeAll(async () => {
    own = given ? undefined : await startPostgres();
    url = given ?? own?.url ?? '';
    process.env['SKEIN_DATABASE_URL'] = url;
  });
  afterAll(async () => {
    restoreEnvironment();
    await own?.stop();
  });

  it('creates a database, and drops it with its roles although somebody is connected', async () => {
    const database = await testDatabase();
    expect(database.server).toBeUndefined();
    const reader = `${database.name}_reader`;
    await query(database.url, `create role ${reader}; create schema s; create table s.t (n int)`);
    await query(
      database.url,
      `grant usage on schema s to ${reader}; grant select on s.t to ${reader}`,
    );
    await query(database.url, `alter schema s owner to ${reader}`);
    const lingering = new Client({ connectionString: database.url });
    lingering.on('error', () => undefined);
    await lingering.connect();
    await database.close();
    expect(await query(url, `select from pg_database where datname = '${database.name}'`)).toEqual(
      [],
    );
    expect(await query(url, `select from pg_roles where rolname = '${reader}'`)).toEqual([]);
  });

  it('gives every caller another database, in UTF-8 and ordered by code point', async () => {
    const databases = await Promise.all([testDatabase(), testDatabase()]);
    expect(new Set(databases.map(({ name }) => name)).size).toBe(2);
    const first = databases[0]?.url ?? '';
    expect(
      await query(first, `select 'a' < 'B' as natural, current_setting('server_encoding') as e`),
    ).toEqual([{ natural: false, e: 'UTF8' }]);
    await Promise.all(databases.map((database) => database.close()));
  });
});

describe('testDatabase without a given server', () => {
  beforeAll(() => {
    delete process.env['SKEIN_DATABASE_URL'];
  });
  afterAll(restoreEnvironment);

  it('starts one of its own, which ends with it', async () => {
    const database = await testDatabase();
    expect(await query(database.url, 'select current_database() as name')).toEqual([
      { name: database.name },
    ]);
    await database.close();
    expect(database.server?.pid).toBeUndefined();
    await expect(query(database.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });
});
