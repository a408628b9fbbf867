import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { consumerTableNames } from '@skein/event-log';
import { groups, newUid } from '@skein/events';
import pg from 'pg';
import { isolatedTables, organisationViews } from './isolation.js';
import { migrate } from './migrate.js';
import { migratedDatabase, type MigratedDatabase } from './migrated-database.js';
import { roleName } from './roles.js';

const FORBIDDEN = '42501';
const [own, other] = [newUid(), newUid()];
let database: MigratedDatabase;
let admin: pg.Client;
let gateway: pg.Client;

const connect = async (url: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
};
const insert = (org: string) =>
  `insert into gateway.repository_users (org, repository, kind, uid) values ('${org}', 'r', 'Fleet', '${newUid()}')`;

/** What PostgreSQL answers to the gateway while it serves an organisation: how many rows, or its SQLSTATE. */
async function asked(sql: string, org: string | null = own): Promise<unknown> {
  await gateway.query('begin');
  try {
    await gateway.query(`set local role ${roleName(database.name, 'requests')}`);
    if (org !== null) await gateway.query(`set local skein.org = '${org}'`);
    return (await gateway.query(sql)).rowCount;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await gateway.query('rollback');
  }
}

beforeAll(async () => {
  database = await migratedDatabase();
  admin = await connect(database.adminUrl);
  gateway = await connect(database.urlOf('gateway'));
});
afterAll(async () => {
  await gateway?.end();
  await admin?.end();
  await database?.close();
});
beforeEach(async () => {
  await admin.query('delete from gateway.repository_users');
  for (const org of [own, own, other]) await admin.query(insert(org));
});

describe('requests for one organisation', () => {
  it('see, change and delete its rows only, whatever a statement says', async () => {
    expect(await asked('select from gateway.repository_users')).toBe(2);
    expect(await asked(`select from gateway.repository_users where org = '${other}'`)).toBe(0);
    expect(await asked(`update gateway.repository_users set kind = 'Device'`)).toBe(2);
    expect(await asked('delete from gateway.repository_users')).toBe(2);
  });

  it('write rows of no other', async () => {
    expect(await asked(insert(own))).toBe(1);
    expect(await asked(insert(other))).toBe(FORBIDDEN);
    expect(await asked(`update gateway.repository_users set org = '${other}'`)).toBe(FORBIDDEN);
  });

  it('see nothing before it is said which one', async () => {
    expect(await asked('select from gateway.repository_users', null)).toBe(0);
    expect(await asked('select from gateway.repository_users', '')).toBe(0);
    expect(await asked(insert(own), null)).toBe(FORBIDDEN);
  });

  it('reach no table without a policy that has rows of organisations', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'org'
       where c.relkind in ('r', 'p', 'v') and n.nspname <> 'organisation'
         and has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
         and (select count(*) from pg_policy p where p.polrelid = c.oid and not p.polpermissive
              and c.relrowsecurity) = 0`,
      [roleName(database.name, 'requests')],
    );
    expect(rows).toEqual([]);
  });
});

describe('isolation', () => {
  it('is of every table of the gateway but those of the engine', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select 'gateway.' || table_name as name from information_schema.tables
       where table_schema = 'gateway' and table_type = 'BASE TABLE' and table_name <> 'migrations'`,
    );
    const engine = consumerTableNames.map((name) => `gateway.${name}`);
    const tables = rows.map(({ name }) => name).filter((name) => !engine.includes(name));
    expect(isolatedTables(groups)).toEqual(expect.arrayContaining(tables));
  });

  it('shows all rows to the services', async () => {
    const { rowCount } = await gateway.query('select from gateway.repository_users');
    expect(rowCount).toBe(3);
  });

  it('has views of all columns', async () => {
    for (const [name, of] of organisationViews(groups)) {
      const columns = async (table: string) =>
        (await admin.query(`select * from ${table} limit 0`)).fields.map((field) => field.name);
      expect([name, await columns(`organisation.${name}`)]).toEqual([name, await columns(of)]);
    }
  });

  it('stays as it is when the migrations run again', async () => {
    const policies = async () =>
      (await admin.query<{ oid: string }>('select oid from pg_policy order by oid')).rows;
    const before = await policies();
    database = { ...database, ...(await migrate({ url: database.adminUrl })) };
    expect(await policies()).toEqual(before);
    await gateway.end();
    gateway = await connect(database.urlOf('gateway'));
    expect(await asked('select from gateway.repository_users')).toBe(2);
  });
});
