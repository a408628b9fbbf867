import type { Postgres } from '@skein/postgres';
import { openHintRedis, parseRedisUrl, type ServerUse } from '@skein/redis';
import type { Logger } from '@skein/telemetry';
import type { Redis } from 'ioredis';
import type { ReplayerConfig } from '../replayer.config.js';
import type { History } from './history.js';
import type { KvFigures } from './kv-figures.js';
import { exportKvGauges, type KnownServer } from './kv-gauges.js';
import { judge, looksAt, type Look, type ReadState } from './kv-server.js';

export interface KvParts {
  readonly postgres: Postgres;
  readonly config: Pick<ReplayerConfig, 'streamRedis' | 'cacheRedis' | 'cacheIsShared'>;
  readonly logger: Logger;
  readonly streamKeys: () => readonly string[];
  /** That of the machine is read from elsewhere in tests. */
  readonly readState?: ReadState;
}

/** Rows of servers that are no more are kept for so long. */
const KEPT = '10 minutes';
const STALE_MS = 30_000;

const SAVE = `
insert into log.kv_figures as f (server, node, figures, history) values ($1, $2, $3, $4)
on conflict (server, node) do update
set figures = excluded.figures, history = excluded.history, updated_at = now()`;

interface Known extends KnownServer {
  readonly history: History;
  readonly at: number;
}

/** Looks at the servers of the streams and of the cache, writes down what it found, and says once what is wrong. */
export class KvServers {
  private readonly known = new Map<string, Known>();
  private readonly said = new Set<string>();
  private readonly streams: Redis;
  private readonly cache: Redis | undefined;
  private readonly endExport: () => void;

  constructor(private readonly parts: KvParts) {
    const { config, logger } = parts;
    this.streams = openHintRedis({ ...config.streamRedis, name: 'skein-replayer-kv' });
    if (!config.cacheIsShared) {
      this.cache = openHintRedis({ ...config.cacheRedis, name: 'skein-replayer-cache', logger });
    }
    this.endExport = exportKvGauges(() => this.current());
  }

  start(): void {
    if (this.isWithoutCache) {
      const cure = 'set SKEIN_CACHE_REDIS_URL to one server, or one behind Sentinels';
      this.parts.logger.warn({ cure }, 'contents are not cached: a cluster cannot hold the cache');
    }
    for (const redis of [this.streams, this.cache]) redis?.connect().catch(() => undefined);
  }

  stop(): void {
    this.endExport();
    this.streams.disconnect();
    this.cache?.disconnect();
  }

  /** This replayer begins to lead: it goes on with what was remembered. */
  async resume(): Promise<void> {
    const rows = await this.parts.postgres.query<Omit<Known, 'at'>>(
      'select server, node, figures, history from log.kv_figures',
    );
    for (const row of rows) this.known.set(`${row.server} ${row.node}`, { ...row, at: 0 });
  }

  /** This replayer leads no more. */
  forget(): void {
    this.known.clear();
  }

  /** One look at each server. One that does not answer keeps its row, whose age then says so. */
  async step(): Promise<void> {
    const { readState, postgres } = this.parts;
    const streams = await looksAt(this.streams, readState);
    const cache = this.cache ? await looksAt(this.cache, readState) : [];
    const ids = new Set(streams.map(({ runId }) => runId));
    const own = cache.filter(({ runId }) => runId === undefined || !ids.has(runId));
    const isOnce = this.parts.config.cacheIsShared || own.length < cache.length;
    const shared = isOnce && !this.isWithoutCache;
    for (const look of streams) await this.take('streams', look, shared ? 'both' : 'streams');
    for (const look of own) await this.take('cache', look, 'cache');
    await postgres.query(
      `delete from log.kv_figures where updated_at < now() - interval '${KEPT}'`,
    );
  }

  private get isWithoutCache(): boolean {
    const { cacheIsShared, streamRedis } = this.parts.config;
    return cacheIsShared && parseRedisUrl(streamRedis.url).kind === 'cluster';
  }

  private async take(server: 'streams' | 'cache', look: Look, use: ServerUse): Promise<void> {
    const name = `${server} ${look.node}`;
    const before = this.known.get(name)?.history ?? [];
    const { figures, history } = await judge(look, use, this.parts.streamKeys(), before);
    const { node } = look;
    this.known.set(name, { server, node, figures, history, at: Date.now() });
    this.say(server, node, figures);
    const row = [server, node, JSON.stringify(figures), JSON.stringify(history)];
    await this.parts.postgres.query(SAVE, row);
  }

  private say(server: string, node: string, { advice }: KvFigures): void {
    for (const { code, severity, what, cure } of advice) {
      const name = `${server} ${node} ${code}`;
      if (this.said.has(name)) continue;
      this.said.add(name);
      const fields = { server, node, finding: code, severity, cure };
      const text = `the Redis of the ${server}: ${what}`;
      if (severity === 'unknown') this.parts.logger.info(fields, text);
      else this.parts.logger.warn(fields, text);
    }
  }

  private current(): Known[] {
    return [...this.known.values()].filter(({ at }) => Date.now() - at < STALE_MS);
  }
}
