import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeOptions } from '@skein/config';
import { migrate, rooms, type Migrated, type Room } from '@skein/migrate';
import { freePort } from '@skein/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Child, ownProcess } from '../child.js';
import { Closing } from '../closing.js';
import type { Bench } from '../scenario.js';

const KEPT_WARNINGS = 1_000;
const folders: Partial<Record<Room, string>> = { gateway: 'api-gateway', replayer: 'replayer' };

/** What Node runs, as the build made it. */
function mainOf(room: Room): string {
  const folder = folders[room] ?? `${room}-service`;
  return new URL(`../../../../apps/${folder}/dist/main.js`, import.meta.url).pathname;
}

/** What all services of one system get. */
async function settingsOf(redisUrl: string, closing: Closing): Promise<NodeJS.ProcessEnv> {
  const sources = await mkdtemp(join(tmpdir(), 'skein-bench-'));
  closing.add(() => rm(sources, { recursive: true, force: true }));
  return {
    NODE_OPTIONS: nodeOptions.join(' '),
    SKEIN_STREAM_REDIS_URL: redisUrl,
    SKEIN_SEALING_KEY: randomBytes(32).toString('base64'),
    SKEIN_AUTHENTICATION: 'none',
    SKEIN_GRPC_PORT: '0',
    SKEIN_SOURCE_CACHE_DIRECTORY: sources,
  };
}

/** All of Skein's services, each a process of its own, with a new database and an empty Redis. */
export class SkeinSystem {
  /** Lines of the services' logs that people should read, since all were ready. */
  readonly warnings: string[] = [];
  private readonly closing = new Closing();
  private readonly services = new Map<Room, Child>();
  private readonly port: Promise<number> = freePort();

  private constructor(
    private readonly bench: Bench,
    private readonly migrated: Migrated,
    /** With all rights. */
    readonly pool: pg.Pool,
  ) {
    bench.closing.add(() => this.stop());
    this.closing.add(() => pool.end());
  }

  static async start(bench: Bench, database: string): Promise<SkeinSystem> {
    const url = await bench.servers.database(database);
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    pool.on('error', () => undefined);
    const system = new SkeinSystem(bench, await migrate({ url }), pool);
    await system.startServices();
    return system;
  }

  /** Process ids of the services, by their rooms. */
  get pids(): Record<string, number> {
    return Object.fromEntries([...this.services].map(([room, { pid }]) => [room, pid]));
  }

  /** @throws when a service has ended */
  requireRunning(): void {
    for (const child of this.services.values()) child.requireRunning();
  }

  /** One of the bench's own processes, which writes as a service does. */
  async writer(name: string, room: Room): Promise<Child> {
    return this.open(ownProcess(name), {
      SKEIN_DATABASE_URL: this.migrated.urlOf(room),
      SKEIN_STREAM_REDIS_URL: this.bench.servers.redisUrl,
    });
  }

  /** Creates or replaces a resource through the API. @throws when it is refused */
  async put(path: string, body: object): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${await this.port}/api/v1/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${text}`);
  }

  /** Can be called again. */
  stop(): Promise<void> {
    return this.closing.close();
  }

  private async startServices(): Promise<void> {
    const { redisUrl } = this.bench.servers;
    const redis = new Redis(redisUrl);
    await redis.flushall().finally(() => redis.disconnect());
    const settings = await settingsOf(redisUrl, this.closing);
    const start = async (room: Room) => {
      const environment = {
        ...{ ...settings, SKEIN_DATABASE_URL: this.migrated.urlOf(room) },
        ...(room === 'gateway' && { SKEIN_GATEWAY_PORT: String(await this.port) }),
      };
      this.services.set(room, await this.open(mainOf(room), environment, this.note(room)));
    };
    await Promise.all(rooms.map(start));
    this.warnings.length = 0;
  }

  private async open(
    file: string,
    environment: NodeJS.ProcessEnv,
    onLine?: (line: string) => void,
  ): Promise<Child> {
    const child = await Child.start(file, environment, onLine);
    this.closing.add(() => child.stop());
    return child;
  }

  private note(room: Room): (line: string) => void {
    return (line) => {
      const isLoud = /"level":"(warn|error)"/.test(line);
      if (isLoud && this.warnings.length < KEPT_WARNINGS) this.warnings.push(`${room}: ${line}`);
    };
  }
}
