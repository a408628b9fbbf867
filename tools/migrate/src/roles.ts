import type { Group } from '@skein/events';
import type { Client } from 'pg';
import { isolateOrganisations } from './isolation.js';
import { roleMatrix, rooms, type Grantee, type Room } from './role-matrix.js';

/**
 * A role's name: roles belong to the whole cluster, so it begins with the database's name. That of requests follows from
 * the gateway's, which knows no other.
 */
export function roleName(database: string, grantee: Grantee): string {
  return `${database}_${grantee === 'requests' ? 'gateway_requests' : grantee}`;
}

/**
 * Time-outs are shorter than the time after which a peer takes over what a consumer holds. Services keep the plans of their
 * statements, each of which has its index: a plan made while a table was empty must not read all of it when it has grown.
 */
const settings = {
  synchronous_commit: 'on',
  default_transaction_isolation: 'read committed',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '20s',
  timezone: 'UTC',
  enable_seqscan: 'off',
};

/**
 * What numbers and publishes runs few statements, each by an index whatever its parameters are. PostgreSQL
 * cannot know that, and would plan them anew each time, which takes longer than running them.
 */
const settingsOf = (room: Room): Record<string, string> =>
  room === 'replayer' ? { ...settings, plan_cache_mode: 'force_generic_plan' } : settings;

const SCHEMAS = `select nspname as name from pg_namespace
  where nspname !~ '^pg_' and nspname not in ('information_schema')`;

async function createRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(
    `${verb} role ${client.escapeIdentifier(role)} login nosuperuser nocreatedb nocreaterole
     password ${client.escapeLiteral(password)}`,
  );
}

/** A cluster has one list of roles: two migrations that write it at once would fail. */
async function withRolesLocked(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query("select pg_advisory_lock(hashtextextended('skein roles', 0))");
  try {
    await work();
  } finally {
    await client.query("select pg_advisory_unlock(hashtextextended('skein roles', 0))");
  }
}

/**
 * The role that the gateway takes on for requests. It inherits nothing of it: what it does for no single organisation must
 * not be held by the policies of that role.
 */
async function createRequestsRole(client: Client, database: string): Promise<void> {
  const role = roleName(database, 'requests');
  const requests = client.escapeIdentifier(role);
  const gateway = client.escapeIdentifier(roleName(database, 'gateway'));
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await client.query(`create role ${requests}`);
  await client.query(`alter role ${requests} nologin nosuperuser nocreatedb nocreaterole`);
  await client.query(`alter role ${gateway} noinherit`);
  await client.query(`grant ${requests} to ${gateway}`);
}

/** Creates or updates the roles of all services. */
export async function createRoles(
  client: Client,
  database: string,
  passwords: Readonly<Record<Room, string>>,
): Promise<void> {
  await withRolesLocked(client, async () => {
    for (const room of rooms) {
      const role = roleName(database, room);
      await createRole(client, role, passwords[room]);
      for (const [name, value] of Object.entries(settingsOf(room))) {
        await client.query(
          `alter role ${client.escapeIdentifier(role)} in database ${client.escapeIdentifier(database)} set ${name} = ${client.escapeLiteral(value)}`,
        );
      }
    }
    await createRequestsRole(client, database);
  });
}

/** Takes every privilege away and grants what the matrix says, and no rows but an organisation's to requests; in one transaction. */
export async function grantPrivileges(
  client: Client,
  database: string,
  services: readonly Group[],
): Promise<void> {
  const nameOf = (grantee: Grantee) => client.escapeIdentifier(roleName(database, grantee));
  const roles = [...rooms, 'requests' as const].map(nameOf).join(', ');
  await client.query('begin');
  await isolateOrganisations(client, services, nameOf('requests'));
  const { rows } = await client.query<{ name: string }>(SCHEMAS);
  await client.query(`revoke all on database ${client.escapeIdentifier(database)} from public`);
  await client.query(`grant connect on database ${client.escapeIdentifier(database)} to ${roles}`);
  for (const { name } of rows) {
    const schema = client.escapeIdentifier(name);
    await client.query(`revoke all on schema ${schema} from public, ${roles}`);
    for (const objects of ['tables', 'sequences', 'functions']) {
      await client.query(`revoke all on all ${objects} in schema ${schema} from public, ${roles}`);
    }
  }
  for (const { roles: granted, privileges, on } of roleMatrix(services)) {
    const to = granted.map(nameOf).join(', ');
    await client.query(`grant ${privileges.join(', ')} on ${on} to ${to}`);
  }
  await client.query('commit');
}
