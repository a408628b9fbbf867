import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, testDatabase, waitFor } from '@skein/testing';
import { API_TOKEN_FILE } from '../src/servers/kept-secret.js';
import { services } from '../src/services/service-list.js';
import { root } from '../src/workspace.js';

/** A running `npm start`, in a folder, on a port and with names in shared servers of its own. */
export class StartProcess implements AsyncDisposable {
  readonly lines: string[] = [];
  private constructor(
    readonly child: ChildProcess,
    readonly gatewayUrl: string,
    /** Where it keeps its files, those of its services too. */
    readonly folder: string,
    private readonly cleaning: AsyncDisposableStack,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
  }

  static async start(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<StartProcess> {
    requireBuild();
    const cleaning = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'skein-start-'));
    cleaning.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const port = await freePort();
    const grpcPort = String(await freePort());
    const main = join(root, 'tools/start/dist/main.js');
    const all = ['--folder', folder, '--port', String(port), ...args];
    const child = spawn(process.execPath, [main, ...all], {
      cwd: tmpdir(),
      // The channel ends it with us.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        SKEIN_GRPC_PORT: grpcPort,
        ...(await ownNames(cleaning, environment)),
        ...environment,
      },
    });
    return new StartProcess(child, `http://127.0.0.1:${port}`, folder, cleaning);
  }

  /** The developer's, once it is up. */
  get token(): string {
    return readFileSync(join(this.folder, API_TOKEN_FILE), 'utf8').trim();
  }

  /** With which the API is asked. */
  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  /** What it wrote, for the message of a failing test. */
  get output(): string {
    return this.lines.join('\n');
  }

  async line(pattern: RegExp, timeoutMs = 120_000): Promise<string> {
    const found = () => {
      if (this.child.exitCode !== null) throw new Error('it has ended');
      return this.lines.find((line) => pattern.test(line));
    };
    const waiting = waitFor(found, { timeoutMs, message: `a line like ${pattern}` });
    return waiting.catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output}`);
    });
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'close');
    }
    return this.child.exitCode;
  }

  /** The ids of the processes that it started, and what they run. */
  get children(): { pid: number; command: string }[] {
    const { pid } = this.child;
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return list.filter(Boolean).map((child) => ({
      pid: Number(child),
      command: readFileSync(`/proc/${child}/cmdline`, 'utf8').replaceAll('\0', ' '),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended();
    await this.cleaning.disposeAsync();
  }
}

function requireBuild(): void {
  const folders = services.map(({ folder }) => join('apps', folder));
  const missing = [...folders, 'tools/start'].find(
    (folder) => !existsSync(join(root, folder, 'dist/main.js')),
  );
  if (missing) throw new Error(`${missing} is not built: run \`npm run build\` first`);
}

/** On servers that others use too: a database and stream keys of its own. */
async function ownNames(
  cleaning: AsyncDisposableStack,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const prefix = { SKEIN_STREAM_PREFIX: `skein-e2e-${process.pid}-${Date.now()}` };
  if (environment['SKEIN_DATABASE_URL'] || !process.env['SKEIN_DATABASE_URL']) return prefix;
  const database = await testDatabase();
  cleaning.defer(() => database.close());
  return { ...prefix, SKEIN_DATABASE_URL: database.url };
}
