import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort } from '../free-port.js';
import { releaseDirectory } from './directory-in-use.js';
import { GuardedProcess } from './guarded-process.js';
import { postgresBinaries } from './postgres-binaries.js';
import { openCluster, reachableFolder, superuser, temporaryCluster } from './postgres-cluster.js';
import type { PostgresCluster } from './postgres-cluster.js';
import { ServerError } from './server-error.js';
import { memoryRoot, postgresUser } from './server-user.js';

export interface PostgresOptions {
  /** Where the data stay; without it they are in a temporary folder that `stop` removes. */
  directory?: string;
  /** Whether temporary data may be in memory instead of on the disk, which makes them ready much sooner. */
  inMemory?: boolean;
  /** TCP port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Whether commits reach the disk; by default where a directory is given. */
  durable?: boolean;
  /** The database that `url` points to, created when missing; `postgres` by default. */
  database?: string;
  /** Server settings such as `{ max_prepared_transactions: '10' }`. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

/** A PostgreSQL server of our own on 127.0.0.1; it ends with this process at the latest. */
export interface PostgresServer {
  /** The superuser's connection URL with the wanted database. */
  readonly url: string;
  /** The superuser's connection URL with the database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Where the data are: not the wanted folder when the server's user cannot reach that. */
  readonly directory: string;
  /** The process id of the server, undefined while it does not run. */
  readonly pid: number | undefined;
  /** The last lines that it wrote. */
  readonly output: string;
  /** Ends it cleanly and removes temporary data. Can be called again. */
  stop(): Promise<void>;
  /** Ends it as a crash does (SIGKILL). The data stay for `restart`. */
  kill(): Promise<void>;
  /** Ends it cleanly if it runs, and starts it with the same data and port. */
  restart(): Promise<void>;
}

const connectTimeoutMs = 2_000;
const startTimeoutMs = 60_000;

const notDurable = { fsync: 'off', full_page_writes: 'off' };

/**
 * Starts PostgreSQL 18 from npm.
 * @throws ServerError POSTGRES_START_FAILED, or DIRECTORY_IN_USE when another one uses the data
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const log = options.log ?? (() => undefined);
  const user = postgresUser();
  const binaries = await postgresBinaries(user, log);
  const cluster = options.directory
    ? await openCluster(binaries, user, await reachableFolder(user, options.directory, log))
    : await temporaryCluster(binaries, user, options.inMemory ? await memoryRoot(user) : undefined);
  const server = new OwnPostgres(binaries.postgres, cluster, options);
  try {
    await server.start();
    if (options.database) await createMissing(server.adminUrl, options.database);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

class OwnPostgres implements PostgresServer {
  port = 0;
  private process: GuardedProcess | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly program: string,
    private readonly cluster: PostgresCluster,
    private readonly options: PostgresOptions,
  ) {}

  get directory(): string {
    return this.cluster.directory;
  }

  get pid(): number | undefined {
    return this.process?.running ? this.process.pid : undefined;
  }

  get output(): string {
    return this.process?.output ?? '';
  }

  get adminUrl(): string {
    return this.urlOf('postgres');
  }

  get url(): string {
    return this.urlOf(this.options.database ?? 'postgres');
  }

  /** Tries again with another port, or after a crashed server's children have gone. */
  async start(): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    await releaseDirectory(this.cluster.data, 'postmaster.pid');
    while (!(await this.startOnce(deadline))) await sleep(200);
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  async kill(): Promise<void> {
    await this.process?.kill();
  }

  async restart(): Promise<void> {
    await this.process?.stop();
    await this.start();
  }

  private async end(): Promise<void> {
    if (this.process?.running) await this.process.stop();
    if (!this.options.directory) {
      await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  private async startOnce(deadline: number): Promise<boolean> {
    const fixedPort = this.options.port ?? this.port;
    const port = fixedPort || (await freePort());
    const process = this.spawn(port);
    if (await this.becomesReady(process, this.urlOf('postgres', port), deadline)) {
      this.process = process;
      this.port = port;
      return true;
    }
    await process.stop();
    const portTaken = /could not bind|Address already in use/.test(process.output) && !fixedPort;
    const leftovers = /pre-existing shared memory block/.test(process.output);
    if ((portTaken || leftovers) && performance.now() < deadline) return false;
    const message = `PostgreSQL did not start in ${this.directory}:\n${process.output}`;
    throw new ServerError('POSTGRES_START_FAILED', message);
  }

  private async becomesReady(process: GuardedProcess, url: string, deadline: number) {
    while (process.running && performance.now() < deadline) {
      const answering = await dataDirectoryOf(url).catch(() => sleep(15));
      if (answering === this.cluster.data) return true;
      if (answering) await sleep(15);
    }
    return false;
  }

  private spawn(port: number): GuardedProcess {
    const { directory, durable = directory !== undefined, settings } = this.options;
    const all = {
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...(durable ? {} : notDurable),
      ...settings,
    };
    const list = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return new GuardedProcess({
      command: this.program,
      args: ['-D', this.cluster.data, ...list],
      directory: this.cluster.data,
      user: postgresUser(),
      stopSignal: 'INT',
      removeWhenOrphaned: directory ? undefined : this.directory,
    });
  }

  private urlOf(database: string, port = this.port): string {
    const { password } = this.cluster;
    return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  }
}

/** Tells whether the server that answers is the right one: another can have taken the port. */
async function dataDirectoryOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      `select current_setting('data_directory') as folder`,
    );
    return rows[0]?.folder ?? '';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createMissing(adminUrl: string, database: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount) return;
    await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
