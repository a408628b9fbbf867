import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const BINARIES = '/usr/lib/postgresql/15/bin';
const NOBODY = 65_534;

export const postgres15Exists = existsSync(join(BINARIES, 'pg_dump'));

/** PostgreSQL refuses to run as root. */
const user = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});

/** A cluster of the oldest PostgreSQL that Skein supports, with its own tools to dump and to restore. */
export class Postgres15 {
  private constructor(
    private readonly directory: string,
    private readonly server: ChildProcess,
    readonly port: number,
  ) {}

  /** Resolves when the process runs; it may take a moment until it answers. */
  static async start(port: number): Promise<Postgres15> {
    const directory = await mkdtemp(join(tmpdir(), 'skein-postgres15-'));
    if (user().uid) await chown(directory, NOBODY, NOBODY);
    const options = { ...user(), cwd: directory };
    const own = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await execute(join(BINARIES, 'initdb'), ['-D', directory, ...own], options);
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
      .concat('fsync=off', 'timezone=UTC')
      .flatMap((setting) => ['-c', setting]);
    const server = spawn(join(BINARIES, 'postgres'), ['-D', directory, ...settings], {
      ...options,
      stdio: 'ignore',
    });
    return new Postgres15(directory, server, port);
  }

  urlOf(database: string): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Roles and one database, as SQL. */
  async dump(database: string): Promise<{ roles: string; content: string }> {
    const url = this.urlOf(database);
    const roles = await this.run('pg_dumpall', ['--roles-only', '-d', url]);
    const content = await this.run('pg_dump', ['--create', url]);
    return { roles, content };
  }

  /** The dump of another cluster. @throws when one of its statements is refused */
  async restore({ roles, content }: { roles: string; content: string }): Promise<void> {
    // The superuser is there already.
    const others = roles.replace(/^CREATE ROLE postgres;$/m, '');
    await this.run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', this.urlOf('postgres')], others);
    await this.run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', this.urlOf('postgres')], content);
  }

  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.kill('SIGINT'))
      await once(this.server, 'exit');
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private async run(program: string, parameters: string[], input = ''): Promise<string> {
    const running = execute(join(BINARIES, program), parameters, { maxBuffer: 64 * 1024 * 1024 });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }
}
