import { execFileSync } from 'node:child_process';
import { chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, waitFor, type PostgresServer } from '@skein/testing';
import { Postgres } from './postgres.js';

let server: PostgresServer;
let admin: Postgres;
let folder: string;
let data: string;

const open = (query = '', password?: () => string) =>
  Postgres.open({
    url: `postgres://skein_login@localhost:${server.port}/postgres${query}`,
    applicationName: 'skein-login',
    poolSize: 2,
    password,
  });

const openAdmin = () =>
  Postgres.open({ url: server.url, applicationName: 'skein-admin', poolSize: 2 });

const openssl = (...options: string[]) =>
  execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });

/** Its own authority, for localhost. */
async function giveCertificate(): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', 'server.key', '-out', 'server.crt'];
  openssl('req', '-x509', ...key, '-days', '2', ...names, ...files);
  const { uid, gid } = await stat(data);
  for (const name of ['server.key', 'server.crt']) {
    const place = join(data, name);
    await copyFile(join(folder, name), place);
    if (process.getuid?.() === 0) await chown(place, uid, gid);
  }
  await admin.query('alter system set ssl = on');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-postgres-login-'));
  server = await startPostgres();
  admin = await openAdmin();
  const rows = await admin.query<{ data_directory: string }>('show data_directory');
  data = rows[0]!.data_directory;
  await admin.query(`create role skein_login login password 'first-secret'`);
  await giveCertificate();
  const rules = ['host all skein_login all scram-sha-256', 'host all all all trust'];
  await writeFile(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  await admin.close();
  await server.restart();
  admin = await openAdmin();
});
afterAll(async () => {
  await admin?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a password', () => {
  it('that is wrong is refused without being shown', async () => {
    const opening = open('', () => 'wrong-secret');
    const error: unknown = await opening.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '28P01' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('wrong-secret');
  });

  it('is asked for at every connection', async () => {
    let password = 'first-secret';
    const postgres = await open('', () => password);
    await admin.query(`alter role skein_login password 'second-secret'`);
    password = 'second-secret';
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'skein_login'`,
    );
    const user = await waitFor(() => postgres.query('select current_user::text as name'));
    expect(user).toEqual([{ name: 'skein_login' }]);
    await postgres.close();
    await admin.query(`alter role skein_login password 'first-secret'`);
  });
});

describe('TLS', () => {
  const encrypted = async (query: string) => {
    const postgres = await open(query, () => 'first-secret');
    try {
      const [row] = await postgres.query<{ ssl: boolean }>(
        'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      return row?.ssl;
    } finally {
      await postgres.close();
    }
  };
  const verified = '?sslmode=verify-full';

  it('is there when the URL wants it, with an authority of its own', async () => {
    expect(await encrypted(`${verified}&sslrootcert=${join(folder, 'server.crt')}`)).toBe(true);
    expect(await encrypted('')).toBe(false);
  });

  it('is refused without that authority', async () => {
    await expect(encrypted(verified)).rejects.toThrow(/self-signed/);
  });

  it('is not verified when that was chosen', async () => {
    expect(await encrypted('?sslmode=no-verify')).toBe(true);
  });
});
