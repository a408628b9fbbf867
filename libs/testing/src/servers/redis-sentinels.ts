import { join } from 'node:path';
import { waitFor } from '../wait-for.js';
import { RedisProcess, type RedisPlace } from './redis-process.js';

const SERVICE = 'skein-primary';
const here: RedisPlace = { host: '127.0.0.1' };

export interface SentinelShape {
  /** TLS as settings of a server, with the port that it then has besides the one without; called for each server. */
  readonly tls?: () => Promise<{ port: number; settings: string[] }>;
  /** Where the servers run; on 127.0.0.1 by default. */
  readonly primary?: RedisPlace;
  readonly replica?: RedisPlace;
  /** A failover takes more than half of them. One by default. */
  readonly sentinels?: readonly RedisPlace[];
  /** A folder that is there, for a log of each; without it nobody keeps them. */
  readonly logs?: string;
}

/** A primary with a replica, watched by Sentinels that fail over after about a second. */
export interface RedisSentinels {
  /** As our settings take it. */
  readonly url: string;
  /** As it was at the start. */
  readonly primary: RedisProcess;
  readonly replica: RedisProcess;
  /** Whether most of the Sentinels lead clients to it: a failover that was begun may still be given up before. */
  leadTo(server: RedisProcess): Promise<boolean>;
  stop(): Promise<void>;
}

interface Listening {
  readonly server: RedisProcess;
  /** The one with TLS if there is one. */
  readonly port: number;
}

interface Start {
  readonly place?: RedisPlace | undefined;
  readonly lines: readonly string[];
  readonly options?: readonly string[];
}

const stream = ['maxmemory-policy noeviction', 'appendonly yes', 'appendfsync everysec'];
const replication = ['save ""', 'repl-diskless-sync-delay 0'];

function linesOf(settings: readonly string[]): string[] {
  return settings.flatMap((name, at) =>
    at % 2 === 0 ? [`${name.replace(/^--/, '')} ${settings[at + 1]}`] : [],
  );
}

const majorityOf = (count: number) => Math.floor(count / 2) + 1;

function watching({ server, port }: Listening, count: number): string[] {
  return [
    `sentinel monitor ${SERVICE} ${server.place.host} ${port} ${majorityOf(count)}`,
    `sentinel down-after-milliseconds ${SERVICE} 1000`,
    `sentinel failover-timeout ${SERVICE} 4000`,
  ];
}

/** How many others a Sentinel knows. */
async function countKnown(sentinel: RedisProcess, what: 'REPLICAS' | 'SENTINELS'): Promise<number> {
  return ((await sentinel.ask('SENTINEL', what, SERVICE)) as unknown[]).length;
}

async function portNamedBy(sentinel: RedisProcess): Promise<number> {
  const [, port] = (await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', SERVICE)) as string[];
  return Number(port);
}

class Watched implements RedisSentinels {
  private readonly started: Listening[] = [];

  constructor(private readonly shape: SentinelShape) {}

  get primary(): RedisProcess {
    return this.started[0]!.server;
  }

  get replica(): RedisProcess {
    return this.started[1]!.server;
  }

  get url(): string {
    const addresses = this.sentinels.map(({ server, port }) => `${server.place.host}:${port}`);
    return `${this.shape.tls ? 'rediss' : 'redis'}+sentinel://${addresses.join(',')}/${SERVICE}`;
  }

  async start(): Promise<void> {
    const { primary, replica, sentinels = [here] } = this.shape;
    const lines = [...stream, ...replication];
    const first = await this.startOne({ place: primary, lines });
    const following = `replicaof ${first.server.place.host} ${first.port}`;
    await this.startOne({ place: replica, lines: [...lines, following] });
    await waitFor(() => isFollowing(this.replica), { message: 'the replica' });
    const watchedFirst = watching(first, sentinels.length);
    for (const place of sentinels) {
      await this.startOne({ place, lines: watchedFirst, options: ['--sentinel'] });
    }
    await waitFor(() => this.isWatched(), { timeoutMs: 30_000, message: 'the Sentinels' });
  }

  async leadTo(server: RedisProcess): Promise<boolean> {
    const { port } = this.started.find((one) => one.server === server)!;
    const asked = this.sentinels.map(async (one) => (await portNamedBy(one.server)) === port);
    const named = (await Promise.all(asked)).filter(Boolean).length;
    return named >= majorityOf(this.sentinels.length);
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.map(({ server }) => server.stop()));
  }

  private get sentinels(): readonly Listening[] {
    return this.started.slice(2);
  }

  private logging(): string[] {
    const { logs } = this.shape;
    return logs ? [`logfile ${join(logs, `redis-${this.started.length}.log`)}`] : [];
  }

  private async startOne({ place = here, lines, options }: Start): Promise<Listening> {
    const encrypted = await this.shape.tls?.();
    const all = [...linesOf(encrypted?.settings ?? []), ...lines, ...this.logging()];
    const server = await RedisProcess.start(place, all, options);
    const listening = { server, port: encrypted?.port ?? server.port };
    this.started.push(listening);
    return listening;
  }

  private async isWatched(): Promise<boolean> {
    const others = this.sentinels.length - 1;
    for (const { server } of this.sentinels) {
      if ((await countKnown(server, 'REPLICAS')) !== 1) return false;
      if ((await countKnown(server, 'SENTINELS')) !== others) return false;
    }
    return true;
  }
}

/** Whether it is a replica that has what its primary has, or is getting it. */
async function isFollowing(server: RedisProcess): Promise<boolean> {
  return String(await server.ask('INFO', 'replication')).includes('master_link_status:up');
}

/** Starts a primary, its replica, and Sentinels. Needs a native server. */
export async function startRedisSentinels(shape: SentinelShape = {}): Promise<RedisSentinels> {
  const watched = new Watched(shape);
  try {
    await watched.start();
    return watched;
  } catch (error) {
    await watched.stop();
    throw error;
  }
}
