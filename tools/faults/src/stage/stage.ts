import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate, rooms, type Migrated, type Room } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import {
  freePort,
  startPostgres,
  startRedis,
  type PostgresServer,
  type RedisServer,
} from '@skein/testing';
import type { Redis } from 'ioredis';
import { Build, root } from './build.js';
import type { StageNeeds, StageRedis } from './needs.js';
import { connectRedis } from './redis-client.js';
import { Service } from './service.js';

/** Shorter than in production, so that a round that kills a consumer is over soon. */
const claimAfterMs = 3_000;

/** Where the services' settings come from. */
interface Settings {
  readonly migrated: Migrated;
  readonly environment: NodeJS.ProcessEnv;
}

async function startOnePostgres(
  _folder: string,
  resources: AsyncDisposableStack,
): Promise<PostgresServer> {
  const server = await startPostgres({ database: 'skein' });
  resources.defer(() => server.stop());
  return server;
}

async function startOneRedis(
  folder: string,
  resources: AsyncDisposableStack,
): Promise<RedisServer> {
  const server = await startRedis({ directory: join(folder, 'redis') });
  resources.defer(() => server.stop());
  return server;
}

/** PostgreSQL, Redis and services of one round, in a folder of its own. */
export class Stage {
  private readonly services = new Map<string, Service>();
  private readonly sealingKey = randomBytes(32).toString('base64');

  private constructor(
    readonly folder: string,
    /** The server; `url` is that of its superuser. */
    readonly database: PostgresServer,
    /** With all rights, for what looks at everything. */
    readonly postgres: Postgres,
    private readonly openedRedis: RedisServer | StageRedis,
    /** A connection to that Redis, to the one that is primary if there are several. */
    readonly redisClient: Redis,
    private readonly settings: Settings,
  ) {}

  /** Starts the servers, and makes schemas and roles; services are added. What must be ended goes to `resources`. */
  static async open(
    folder: string,
    resources: AsyncDisposableStack,
    needs: StageNeeds = {},
  ): Promise<Stage> {
    await mkdir(folder, { recursive: true });
    const { openPostgres = startOnePostgres, openRedis = startOneRedis, environment = {} } = needs;
    const [server, redis] = await Promise.all([
      openPostgres(folder, resources),
      openRedis(folder, resources),
    ]);
    resources.defer(() => writeFile(join(folder, 'postgres.log'), server.output));
    const migrated = await migrate({ url: server.url });
    const postgres = await Postgres.open({ url: server.url, applicationName: 'skein-faults' });
    resources.defer(() => postgres.close());
    const client = connectRedis(redis.url);
    resources.defer(() => client.disconnect());
    const stage = new Stage(folder, server, postgres, redis, client, { migrated, environment });
    resources.defer(() => stage.endServices());
    return stage;
  }

  /**
   * The single server that is the services' Redis.
   * @throws when the scenario has opened something else
   */
  get redis(): RedisServer {
    if ('restart' in this.openedRedis) return this.openedRedis;
    throw new Error('the Redis of this scenario is not a single server');
  }

  /**
   * What the scenario has opened as Redis.
   * @throws when it is none of these
   */
  redisAs<Opened extends StageRedis>(kind: new (...parameters: never[]) => Opened): Opened {
    if (this.openedRedis instanceof kind) return this.openedRedis;
    throw new Error(`the Redis of this scenario is no ${kind.name}`);
  }

  /** Starts all services of this workspace; answers the gateway's URL. */
  async startAll(): Promise<string> {
    const [gateway] = await Promise.all([
      this.addGateway('gateway'),
      ...rooms.filter((room) => room !== 'gateway').map((room) => this.add(room, room)),
    ]);
    return gateway;
  }

  service(name: string): Service {
    const found = this.services.get(name);
    if (!found) throw new Error(`there is no service ${name}`);
    return found;
  }

  /** Starts a gateway under this name; answers its URL. */
  async addGateway(name: string, build = Build.present): Promise<string> {
    const port = await freePort();
    await this.add(name, 'gateway', build, { SKEIN_GATEWAY_PORT: String(port) });
    return `http://127.0.0.1:${port}`;
  }

  /** Starts a service, or one more replica of it, under this name. */
  async add(
    name: string,
    room: Room,
    build = Build.present,
    more: NodeJS.ProcessEnv = {},
  ): Promise<void> {
    const service = new Service({
      name,
      main: build.mainOf(room),
      environment: { ...this.settingsOf(room), ...more },
      logFile: join(this.folder, `${name}.log`),
    });
    this.services.set(name, service);
    await service.start();
  }

  /** The database, with the role of a service. */
  urlOf(room: Room): string {
    return this.settings.migrated.urlOf(room);
  }

  /** As the services' settings take it. */
  get redisUrl(): string {
    return this.openedRedis.url;
  }

  /** Redis comes back on the same port without anything in it. */
  async restartRedisEmpty(): Promise<void> {
    await rm(join(this.folder, 'redis', 'appendonlydir'), { recursive: true, force: true });
    await this.redis.restart();
  }

  /** What the services did that nobody had asked for. */
  get faults(): string[] {
    return [...this.services.values()].flatMap(({ faults }) => faults);
  }

  private async endServices(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.end('SIGKILL')));
  }

  private settingsOf(room: Room): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SKEIN_DATABASE_URL: this.urlOf(room),
      SKEIN_STREAM_REDIS_URL: this.redisUrl,
      SKEIN_SEALING_KEY: this.sealingKey,
      SKEIN_AUTHENTICATION: 'none',
      SKEIN_GRPC_PORT: '0',
      SKEIN_SOURCE_CACHE_DIRECTORY: join(this.folder, 'sources'),
      // The replayer hears nothing, so it claims nothing, and does not mind.
      SKEIN_CLAIM_AFTER_MS: String(claimAfterMs),
      NODE_COMPILE_CACHE: join(root, '.skein/compile-cache'),
      ...this.settings.environment,
    };
  }
}
