import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startPostgres } from './servers/postgres.js';
import type { PostgresServer } from './servers/postgres.js';

/** An empty database for one test file. */
export interface TestDatabase {
  /** Connection URL with the right to create schemas and roles. */
  url: string;
  /** Unique on its server. Roles that a test creates are named `<name>_…`, so that they can go too. */
  name: string;
  /** The server, when it was started for this database and can be stopped, killed and restarted. */
  server?: PostgresServer;
  /** Drops the database and its roles, or ends the server. */
  close(): Promise<void>;
}

/** On the server of SKEIN_DATABASE_URL when that is set, else on a server of its own. */
export async function testDatabase(): Promise<TestDatabase> {
  const given = process.env['SKEIN_DATABASE_URL'];
  const server = given ? undefined : await startPostgres({ inMemory: true });
  const adminUrl = given ?? server?.adminUrl ?? '';
  const name = `skein_test_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, (client) =>
    // The same encoding and order of texts on every server, whatever its own locale is.
    client.query(`create database ${name} template template0 encoding 'UTF8' locale 'C'`),
  );
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const close = (): Promise<void> =>
    server ? server.stop() : administer(adminUrl, (client) => drop(client, name));
  return { url: url.href, name, server, close };
}

async function drop(client: Client, name: string): Promise<void> {
  await client.query(`drop database if exists ${name} with (force)`);
  const found = await client.query<{ rolname: string }>(
    'select rolname from pg_roles where starts_with(rolname, $1)',
    [`${name}_`],
  );
  const roles = found.rows.map(({ rolname }) => client.escapeIdentifier(rolname));
  if (roles.length > 0) await client.query(`drop role ${roles.join(', ')}`);
}

async function administer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
