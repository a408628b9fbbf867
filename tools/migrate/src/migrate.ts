import { randomBytes } from 'node:crypto';
import { consumerFunctions } from '@skein/event-log';
import { groups, type Group } from '@skein/events';
import pg from 'pg';
import { runMigrations } from './migrations.js';
import { rooms, type Room } from './role-matrix.js';
import { createRoles, grantPrivileges, roleName } from './roles.js';

export interface MigrateOptions {
  /** PostgreSQL, with a role that may create roles and schemas. */
  readonly url: string;
  /** Passwords of the services' roles; those not given are drawn anew. */
  readonly passwords?: Partial<Record<Room, string>>;
  /** Default: all. */
  readonly services?: readonly Group[];
}

export interface Migrated {
  /** How many migrations ran now. */
  readonly migrations: number;
  /** The database's URL with the role of a service. */
  urlOf(room: Room): string;
}

function passwordsFor(given: Partial<Record<Room, string>> = {}): Record<Room, string> {
  const entries = rooms.map((room) => [room, given[room] ?? randomBytes(24).toString('base64url')]);
  return Object.fromEntries(entries) as Record<Room, string>;
}

/** Brings a database to this build's schemas, roles and privileges. Running it again changes nothing but drawn passwords. */
export async function migrate({
  url,
  passwords,
  services = groups,
}: MigrateOptions): Promise<Migrated> {
  const client = new pg.Client({ connectionString: url, application_name: 'skein-migrate' });
  // A lost connection fails the statement that waits for it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const database = (await client.query<{ name: string }>('select current_database() as name'))
      .rows[0]!.name;
    const known = passwordsFor(passwords);
    await client.query("select pg_advisory_lock(hashtextextended('skein migrate', 0))");
    const migrations = await runMigrations(url, services);
    for (const service of services) await client.query(consumerFunctions(service));
    await createRoles(client, database, known);
    await grantPrivileges(client, database, services);
    return {
      migrations,
      urlOf: (room) => {
        const own = new URL(url);
        own.username = roleName(database, room);
        own.password = known[room];
        return own.href;
      },
    };
  } finally {
    await client.end();
  }
}
