import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '../free-port.js';
import { waitFor } from '../wait-for.js';
import { GuardedProcess } from './guarded-process.js';
import { environmentOf, findNativeRedis, howToInstallRedis } from './native-redis.js';
import { ServerError } from './server-error.js';
import { temporaryFolder } from './server-user.js';

const readyWithinMs = 30_000;

/** Where a server runs. */
export interface RedisPlace {
  /** An address of it that this process reaches. */
  readonly host: string;
  /** What goes before the server's command, such as `ip netns exec name`. */
  readonly inside?: readonly string[];
}

/** A native Redis or Sentinel with a configuration file, which it may rewrite, in a temporary folder. */
export class RedisProcess {
  private process: GuardedProcess | undefined;
  private stopped: Promise<void> | undefined;

  private constructor(
    readonly place: RedisPlace,
    /** Without TLS. */
    readonly port: number,
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  /**
   * @param lines of its configuration, besides where it listens
   * @param options of its command line
   * @throws ServerError REDIS_MISSING or REDIS_START_FAILED
   */
  static async start(
    place: RedisPlace,
    lines: readonly string[],
    options: readonly string[] = [],
  ): Promise<RedisProcess> {
    const folder = await temporaryFolder(undefined, 'skein-redis');
    const port = await freePort();
    const started = new RedisProcess(place, port, folder, options);
    // Only whoever is on this machine, or in a namespace of it, gets here.
    const listens = [`bind ${place.host}`, `port ${port}`, 'protected-mode no'];
    const files = [`dir ${folder}`, `unixsocket ${started.socket}`];
    await writeFile(started.file, [...listens, ...files, ...lines, ''].join('\n'));
    try {
      await started.restart();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  get url(): string {
    return `redis://${this.place.host}:${this.port}`;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.process?.running ? this.process.pid : undefined;
  }

  /** Asks it, also when no network leads to it any more. Rejects when it does not answer within a second. */
  ask(command: string, ...parameters: string[]): Promise<unknown> {
    const patience = { connectTimeout: 1_000, commandTimeout: 1_000, disconnectTimeout: 100 };
    return askOnce({ path: this.socket, ...patience }, command, parameters);
  }

  /** SIGKILL, also when it is frozen. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** Starts it with what is in its files, after `kill`. */
  async restart(): Promise<void> {
    const program = findNativeRedis();
    if (!program) {
      throw new ServerError(
        'REDIS_MISSING',
        `There is no native Redis server: ${howToInstallRedis}`,
      );
    }
    const [command, ...args] = [
      ...(this.place.inside ?? []),
      ...[program, this.file, ...this.options],
    ] as [string, ...string[]];
    const process = new GuardedProcess({
      ...{ command, args, directory: this.folder, env: environmentOf(program) },
      stopSignal: 'TERM',
      removeWhenOrphaned: this.folder,
    });
    this.process = process;
    if (await this.becomesReady(process)) return;
    const { output } = process;
    throw new ServerError('REDIS_START_FAILED', `The Redis server did not start:\n${output}`);
  }

  /** Ends it and removes its files. Can be called again. */
  stop(): Promise<void> {
    this.stopped ??= this.kill().then(() =>
      rm(this.folder, { recursive: true, force: true, maxRetries: 5 }),
    );
    return this.stopped;
  }

  private get file(): string {
    return join(this.folder, 'redis.conf');
  }

  private get socket(): string {
    return join(this.folder, 'redis.sock');
  }

  private async becomesReady(process: GuardedProcess): Promise<boolean> {
    const ready = async () => !process.running || (await this.ask('PING')) === 'PONG';
    await waitFor(ready, { timeoutMs: readyWithinMs, message: 'the Redis server' });
    return process.running;
  }
}

/** Over a connection of its own, which does not outlive the answer. */
async function askOnce(to: RedisOptions, command: string, parameters: string[]): Promise<unknown> {
  const once = { retryStrategy: () => null, lazyConnect: true, enableReadyCheck: false };
  const redis = new Redis({ ...to, ...once });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(command, ...parameters);
  } finally {
    redis.disconnect();
  }
}
