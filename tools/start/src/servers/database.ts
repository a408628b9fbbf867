import { join } from 'node:path';
import { startPostgres } from '@skein/testing';
import { Client } from 'pg';
import type { OwnServer } from './own-server.js';

const database = 'skein';
const oldestVersion = 150_000;

export interface Database {
  readonly url: string;
  readonly description: string;
  /** Undefined when the database was given. */
  readonly own?: OwnServer;
}

export interface DatabaseOptions {
  readonly given: string | undefined;
  /** Where an own server keeps its data; undefined: in a temporary folder. */
  readonly directory: string | undefined;
  readonly log: (line: string) => void;
}

/** The given PostgreSQL, or one of our own. */
export async function provideDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.given) return { url: options.given, description: await versionOf(options.given) };
  const { directory, log } = options;
  const server = await startPostgres({
    ...(directory && { directory: join(directory, 'postgres') }),
    database,
    // A crash of an own server must not lose what was answered, not even for one run.
    durable: true,
    log,
  });
  const where = directory ? `data in ${server.directory}` : 'data for this run only';
  const own = { name: 'PostgreSQL', server };
  return {
    url: server.url,
    description: `${await versionOf(server.url)}, embedded, ${where}`,
    own,
  };
}

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: number }>(
      `select current_setting('server_version') as version,
              current_setting('server_version_num')::int as number`,
    );
    const { version, number } = rows[0]!;
    if (number < oldestVersion) throw new Error(`it is version ${version}; 15 or later is needed`);
    return `version ${version.split(' ')[0]}`;
  } catch (error) {
    const host = new URL(url).host;
    throw new Error(`PostgreSQL at ${host} cannot be used: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  return message || code || String(error);
}
