import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from './postgres.js';
import type { PostgresServer } from './postgres.js';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a temporary PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('is PostgreSQL 18 with UTF-8, not durable, on loopback only', async () => {
    const [row] = await query(
      server.url,
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
        current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses,
        current_setting('unix_socket_directories') as sockets, lower('ÄÖ') as lower`,
    );
    expect(row).toEqual({
      version: expect.stringMatching(/^18\./),
      fsync: 'off',
      encoding: 'UTF8',
      addresses: '127.0.0.1',
      sockets: '',
      lower: 'äö',
    });
  });

  it('refuses a wrong password', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    await expect(query(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps committed rows over a clean restart and over a crash', async () => {
    const url = server.url;
    await query(url, 'create table kept as select 1 as number');
    await server.restart();
    await query(url, 'insert into kept values (2)');
    await server.kill();
    expect(server.pid).toBeUndefined();
    await server.restart();
    expect(await query(url, 'select number from kept order by 1')).toEqual([
      { number: 1 },
      { number: 2 },
    ]);
  });

  it('lets several servers run at once', async () => {
    const others = await Promise.all([startPostgres(), startPostgres()]);
    const urls = [server, ...others].map(({ url }) => url);
    await Promise.all(urls.map((url) => query(url, 'create table own (number int)')));
    await Promise.all(others.map((other) => other.stop()));
    expect(new Set(urls).size).toBe(3);
  });

  it('is not mistaken for another one that answers on its port', async () => {
    const port = server.port;
    await expect(startPostgres({ port })).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: expect.stringMatching(/could not bind/),
    });
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('removes its data at stop, which can be called again', async () => {
    const other = await startPostgres();
    const { directory, pid } = other;
    expect(existsSync(directory)).toBe(true);
    await Promise.all([other.stop(), other.stop()]);
    expect(existsSync(directory)).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});

describe('a PostgreSQL with a directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'skein-test-')), 'postgres');
    // As in a checkout: the way there can be entered, the folder itself is the server's.
    if (process.getuid?.() === 0) {
      const { chmod } = await import('node:fs/promises');
      await chmod(join(directory, '..'), 0o755);
    }
  });
  afterAll(() => rm(join(directory, '..'), { recursive: true, force: true }));

  it('is durable, makes the wanted database and opens the same data again', async () => {
    const first = await startPostgres({ directory, database: 'skein' });
    expect(new URL(first.url).pathname).toBe('/skein');
    expect(await query(first.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(first.url, 'show synchronous_commit')).toEqual([
      { synchronous_commit: 'on' },
    ]);
    await query(first.url, 'create table kept as select 7 as number');
    await first.stop();
    expect(((await stat(join(directory, 'superuser-password'))).mode & 0o777).toString(8)).toBe(
      '600',
    );

    const second = await startPostgres({ directory, database: 'skein' });
    expect(await query(second.url, 'select number from kept')).toEqual([{ number: 7 }]);
    await second.stop();
  });

  it('starts although a dead server left its process id file', async () => {
    const dead = await startPostgres({ directory });
    await dead.kill();
    expect(existsSync(join(directory, 'data/postmaster.pid'))).toBe(true);
    const next = await startPostgres({ directory });
    expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  it('refuses a directory in which another server is running', async () => {
    const first = await startPostgres({ directory });
    await expect(startPostgres({ directory })).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
      message: expect.stringContaining(String(first.pid)),
    });
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await first.stop();
  });

  it('names the folder that it takes when its user cannot reach the wanted one', async () => {
    if (process.getuid?.() !== 0) return;
    const closed = await mkdtemp(join(tmpdir(), 'skein-test-closed-'));
    const lines: string[] = [];
    const log = (line: string): unknown => lines.push(line);
    const server = await startPostgres({ directory: join(closed, 'postgres'), log });
    const used = server.directory;
    await server.stop();
    expect(used.startsWith(closed)).toBe(false);
    expect(lines).toEqual([expect.stringContaining(used)]);
    const again = await startPostgres({ directory: join(closed, 'postgres') });
    expect(again.directory).toBe(used);
    await again.stop();
    await Promise.all([closed, used].map((folder) => rm(folder, { recursive: true })));
  });
});
