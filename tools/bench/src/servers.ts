import { availableParallelism, cpus } from 'node:os';
import { startPostgres, startRedis } from '@skein/testing';
import { Client } from 'pg';
import type { Closing } from './closing.js';

/** The real servers that everything in one bench runs on. */
export interface Servers {
  /** The URL of a new database, as superuser. */
  database(name: string): Promise<string>;
  readonly redisUrl: string;
  /** Their process ids. */
  readonly processes: { readonly postgres: number; readonly redis: number };
  /** What was measured on. */
  readonly machine: string;
}

async function ask(url: string, sql: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: string }>(sql);
    return rows[0]?.answer ?? '';
  } finally {
    await client.end();
  }
}

function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/**
 * Starts PostgreSQL, whose commits reach the disk, and Redis with an append-only file synced every second.
 * @param settings of PostgreSQL, left out where it does not start with them
 */
export async function startServers(
  closing: Closing,
  settings: Readonly<Record<string, string>> = {},
): Promise<Servers> {
  const start = (settings: Record<string, string>) => startPostgres({ durable: true, settings });
  const postgres = await start({ ...settings }).catch(() => start({}));
  closing.add(() => postgres.stop());
  const redis = await startRedis();
  closing.add(() => redis.stop());
  const version = await ask(
    postgres.adminUrl,
    `select current_setting('server_version') as answer`,
  );
  return {
    database: async (name) => {
      await ask(postgres.adminUrl, `create database ${name} template template0 locale 'C'`);
      return inDatabase(postgres.adminUrl, name);
    },
    redisUrl: redis.url,
    processes: { postgres: postgres.pid!, redis: redis.pid! },
    machine: [
      `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})`,
      `PostgreSQL ${version} and ${redis.version} (${redis.kind}) on the same machine`,
      `Node ${process.versions.node}`,
    ].join(', '),
  };
}
