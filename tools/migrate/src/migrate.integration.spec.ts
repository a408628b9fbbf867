import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migratedDatabase, type MigratedDatabase } from './migrated-database.js';
import { migrate } from './migrate.js';
import { roleMatrix, rooms, type Privilege, type Room } from './role-matrix.js';
import { roleName } from './roles.js';

let database: MigratedDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
});
afterAll(async () => {
  await database?.close();
});

/** SQLSTATE of what PostgreSQL answers to a role; undefined when it obeys. */
async function refusal(room: Room, sql: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: database.urlOf(room) });
  await client.connect();
  try {
    await client.query(`begin; ${sql}; rollback`);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

const FORBIDDEN = '42501';
const grantees = [...rooms, 'requests' as const];

describe('migrate', () => {
  it('changes nothing when it runs again', async () => {
    const again = await migrate({ url: database.adminUrl });
    expect(again.migrations).toBe(0);
    database = { ...database, ...again };
  });
});

/** What the matrix says of tables, one line each: `render SELECT log.events`. */
async function expectedPrivileges(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(TABLES);
  const tablesOf = (on: string): string[] => {
    const all = /^ALL TABLES IN SCHEMA (\w+)$/.exec(on)?.[1];
    if (all) return rows.filter(({ schema }) => schema === all).map(({ name }) => `${all}.${name}`);
    return on.startsWith('TABLE ') ? on.slice('TABLE '.length).split(', ') : [];
  };
  const lines = roleMatrix().flatMap(({ roles, privileges, on }) =>
    tablesOf(on).flatMap((table) =>
      roles.flatMap((room) => privileges.map((privilege) => `${room} ${privilege} ${table}`)),
    ),
  );
  return [...new Set(lines)].sort();
}

const TABLES = `
select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const tablePrivileges: readonly (Privilege | 'TRUNCATE')[] = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
];

describe('the role matrix', () => {
  it('is all that each role may do with each table', async () => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ line: string }>(
        `select r.room || ' ' || p || ' ' || t.schema || '.' || t.name as line
         from unnest($1::text[], $2::text[]) as r (room, role), unnest($3::text[]) p, (${TABLES}) t
         where has_table_privilege(r.role, format('%I.%I', t.schema, t.name), p)`,
        [grantees, grantees.map((one) => roleName(database.name, one)), tablePrivileges],
      );
      const found = rows.map(({ line }) => line).sort();
      expect(found).toEqual(await expectedPrivileges(client));
      expect(found.filter((line) => /(UPDATE|DELETE|TRUNCATE) log\.events/.test(line))).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it.each(rooms)('lets %s neither change nor delete an event', async (room) => {
    for (const sql of [
      'update log.events set data = null',
      'delete from log.events',
      'truncate log.events',
      'drop table log.events',
      'update log.sequence set position = 0',
      'delete from log.sequence',
    ]) {
      expect([sql, await refusal(room, sql)]).toEqual([sql, FORBIDDEN]);
    }
  });

  it.each(['update', 'delete'])(
    'lets nobody %s a partition of the log behind its back',
    async (verb) => {
      const sql =
        verb === 'update' ? 'update log.events_0 set data = null' : 'delete from log.events_0';
      for (const room of rooms) expect(await refusal(room, sql)).toBe(FORBIDDEN);
    },
  );

  it('keeps every service out of every other schema', async () => {
    const own = rooms.filter((room) => room !== 'replayer');
    for (const room of own) {
      for (const other of own.filter((candidate) => candidate !== room)) {
        const sql = `insert into ${other}.inbox (number) values (1)`;
        expect([room, other, await refusal(room, sql)]).toEqual([room, other, FORBIDDEN]);
      }
    }
  });

  it('lets a service write its own schema, and read the log', async () => {
    expect(await refusal('render', 'insert into render.inbox (number) values (1)')).toBeUndefined();
    expect(await refusal('render', 'select * from log.events')).toBeUndefined();
  });

  it('lets only the replayer give numbers', async () => {
    const sql = 'insert into log.sequence (sequence, position, type) values (1, 1, 1)';
    expect(await refusal('replayer', sql)).toBeUndefined();
    expect(await refusal('gateway', sql)).toBe(FORBIDDEN);
  });

  it('lets nobody change or delete a blob', async () => {
    for (const room of rooms) {
      expect(await refusal(room, 'delete from blobs.contents')).toBe(FORBIDDEN);
      expect(await refusal(room, 'update blobs.sealed set key_id = null')).toBe(FORBIDDEN);
    }
  });

  it('lets nobody create tables, roles or databases', async () => {
    for (const sql of [
      'create table public.mine ()',
      'create table log.mine ()',
      'create role other',
    ]) {
      expect(await refusal('rollout', sql)).toBe(FORBIDDEN);
    }
  });
});
