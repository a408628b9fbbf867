import { mkdir, rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.js';
import { askRedis } from './ask-redis.js';
import { releaseDirectory } from './directory-in-use.js';
import { GuardedProcess } from './guarded-process.js';
import { environmentOf, findNativeRedis, howToInstallRedis } from './native-redis.js';
import { ServerError } from './server-error.js';
import { temporaryFolder } from './server-user.js';

export interface RedisOptions {
  /** Where a native server's files stay; without it in a temporary folder that `stop` removes. */
  directory?: string;
  /** TCP port on 127.0.0.1; a free one by default. */
  port?: number;
  /** `any` (the default) is a native server where one is found, the embedded one elsewhere. */
  kind?: 'native' | 'embedded' | 'any';
  /**
   * `stream` (the default) keeps everything: noeviction, append-only file synced every second.
   * `cache` keeps what was used last: allkeys-lru, 1 GB, nothing on disk.
   */
  role?: 'stream' | 'cache';
  /** Further settings in pairs, as on the server's command line; several values of one are divided by spaces: `['--maxmemory', '64mb']`. */
  arguments?: string[];
  log?: (line: string) => void;
}

/** A Redis or Valkey server of our own on 127.0.0.1; it ends with this process at the latest. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The embedded one keeps its data in memory only: any end of it empties it. */
  readonly kind: 'native' | 'embedded';
  /** Such as `redis 7.0.15` or `valkey 9.1.1`. */
  readonly version: string;
  /** The process id of the server, undefined while it does not run. */
  readonly pid: number | undefined;
  /** Ends it cleanly and removes temporary files. Can be called again. */
  stop(): Promise<void>;
  /** Ends it as a crash does (SIGKILL). Files stay for `restart`. */
  kill(): Promise<void>;
  /** Ends it cleanly if it runs, and starts it with the same port and directory. */
  restart(): Promise<void>;
}

const startTimeoutMs = 30_000;
const portTries = 5;
const pidFile = 'redis.pid';
/** What embedded-redis.process prints when it has its port. */
const embeddedListens = 'Embedded Valkey listens';

const settingsOf = {
  stream: { 'maxmemory-policy': 'noeviction', appendonly: 'yes', appendfsync: 'everysec' },
  cache: { 'maxmemory-policy': 'allkeys-lru', maxmemory: '1gb', appendonly: 'no' },
};

/** What the embedded server has no use for: it writes no files. */
const onDisk = new Set(['appendonly', 'appendfsync', 'save', 'dir']);

/**
 * Starts a Redis server.
 * @throws ServerError REDIS_MISSING when a native one is wanted and there is none, REDIS_START_FAILED,
 * DIRECTORY_IN_USE when another one uses the files
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = programFor(options.kind);
  const directory = await folderFor(options.directory);
  const server = new OwnRedis(program, directory, options);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (!program) options.log?.(`Redis: ${server.version} is embedded and in memory only`);
  return server;
}

/** The native server's path; undefined for the embedded one. */
function programFor(kind: RedisOptions['kind']): string | undefined {
  const program = kind === 'embedded' ? undefined : findNativeRedis();
  if (program || kind !== 'native') return program;
  throw new ServerError('REDIS_MISSING', `There is no native Redis server: ${howToInstallRedis}`);
}

async function folderFor(directory: string | undefined): Promise<string> {
  if (!directory) return temporaryFolder(undefined, 'skein-redis');
  await mkdir(directory, { recursive: true });
  return resolve(directory);
}

class OwnRedis implements RedisServer {
  port = 0;
  version = '';
  private process: GuardedProcess | undefined;
  private stopped: Promise<void> | undefined;
  private readonly settings: Map<string, string>;

  constructor(
    private readonly program: string | undefined,
    private readonly directory: string,
    private readonly options: RedisOptions,
  ) {
    const wanted = settingsOf[options.role ?? 'stream'];
    this.settings = new Map([...Object.entries(wanted), ...pairsOf(options.arguments ?? [])]);
  }

  get kind(): 'native' | 'embedded' {
    return this.program ? 'native' : 'embedded';
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.process?.running ? this.process.pid : undefined;
  }

  async start(): Promise<void> {
    await releaseDirectory(this.directory, pidFile);
    await this.startOnSomePort();
    if (!this.program) await this.configureEmbedded();
    this.version = versionIn(await askRedis(this.port, 'INFO server'));
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

  private get output(): string {
    return this.process?.output ?? '';
  }

  private async end(): Promise<void> {
    if (this.process?.running) await this.process.stop();
    if (this.options.directory) return;
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private async startOnSomePort(): Promise<void> {
    const fixedPort = this.options.port ?? this.port;
    let tries = fixedPort ? 1 : portTries;
    while (!(await this.startOnce(fixedPort || (await freePort())))) {
      const { output } = this;
      tries -= 1;
      if (tries > 0 && /address already in use/i.test(output)) continue;
      throw new ServerError('REDIS_START_FAILED', `The Redis server did not start:\n${output}`);
    }
  }

  private async startOnce(port: number): Promise<boolean> {
    this.port = port;
    this.process = new GuardedProcess({
      ...(this.program ? this.nativeCommand(this.program) : this.embeddedCommand()),
      directory: this.directory,
      stopSignal: 'TERM',
      removeWhenOrphaned: this.options.directory ? undefined : this.directory,
    });
    if (await becomesReady(this.process, port)) return true;
    await this.process.stop();
    return false;
  }

  private nativeCommand(command: string) {
    const fixed = { bind: '127.0.0.1', port: this.port, dir: this.directory, daemonize: 'no' };
    const all = { ...fixed, save: '', pidfile: pidFile, ...Object.fromEntries(this.settings) };
    const args = Object.entries(all).flatMap(([name, value]) => {
      const text = String(value);
      return [`--${name}`, ...(this.settings.has(name) ? text.split(' ') : [text])];
    });
    return { command, args, env: environmentOf(command) };
  }

  private embeddedCommand() {
    const file = `./embedded-redis.process${extname(import.meta.url)}`;
    const script = fileURLToPath(new URL(file, import.meta.url));
    const args = ['--disable-warning=ExperimentalWarning', script, String(this.port)];
    return { command: process.execPath, args };
  }

  private async configureEmbedded(): Promise<void> {
    for (const [name, value] of this.settings) {
      if (onDisk.has(name)) continue;
      const reply = await askRedis(this.port, `CONFIG SET ${name} "${value}"`);
      if (!reply.startsWith('+OK')) {
        throw new ServerError(
          'REDIS_START_FAILED',
          `The embedded server refuses ${name}: ${reply}`,
        );
      }
    }
  }
}

async function becomesReady(server: GuardedProcess, port: number): Promise<boolean> {
  const deadline = performance.now() + startTimeoutMs;
  while (server.running && performance.now() < deadline) {
    const reply = await askRedis(port, 'PING').catch(() => '');
    if (reply.startsWith('+PONG') && (await isItself(server, port))) return true;
    await sleep(10);
  }
  return false;
}

/** Another server can have taken the port; the embedded one has no process id of its own to tell. */
async function isItself(server: GuardedProcess, port: number): Promise<boolean> {
  if (server.output.includes(embeddedListens)) return true;
  const information = await askRedis(port, 'INFO server').catch(() => '');
  return information.includes(`\nprocess_id:${server.pid}\r`);
}

function pairsOf(list: string[]): [string, string][] {
  const pairs = list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]]] : []));
  return pairs.map(([name = '', value = '']) => [name.replace(/^--/, ''), value]);
}

function versionIn(information: string): string {
  const [, valkey] = /^valkey_version:(\S+)/m.exec(information) ?? [];
  const [, redis] = /^redis_version:(\S+)/m.exec(information) ?? [];
  return valkey ? `valkey ${valkey}` : `redis ${redis ?? 'of unknown version'}`;
}
