import { join } from 'node:path';
import { startPostgres, startRedis, type PostgresServer } from '@skein/testing';
import { Random } from '../random.js';
import type { StageRedis } from './needs.js';
import { Proxy } from './proxy.js';

/** Redis behind a proxy. */
export class ProxiedRedis implements StageRedis {
  constructor(
    readonly url: string,
    readonly proxy: Proxy,
  ) {}

  static async open(folder: string, resources: AsyncDisposableStack): Promise<ProxiedRedis> {
    const server = await startRedis({ directory: join(folder, 'redis') });
    resources.defer(() => server.stop());
    const proxy = await Proxy.open(server.url, new Random(1));
    resources.defer(() => proxy.close());
    return new ProxiedRedis(proxy.through(server.url), proxy);
  }
}

/** PostgreSQL behind a proxy. */
export class ProxiedPostgres implements PostgresServer {
  private constructor(
    private readonly server: PostgresServer,
    readonly proxy: Proxy,
  ) {}

  static async open(_folder: string, resources: AsyncDisposableStack): Promise<ProxiedPostgres> {
    const server = await startPostgres({ database: 'skein' });
    resources.defer(() => server.stop());
    const proxy = await Proxy.open(server.url, new Random(2));
    resources.defer(() => proxy.close());
    return new ProxiedPostgres(server, proxy);
  }

  get url(): string {
    return this.proxy.through(this.server.url);
  }

  get adminUrl(): string {
    return this.proxy.through(this.server.adminUrl);
  }

  get port(): number {
    return this.server.port;
  }

  get directory(): string {
    return this.server.directory;
  }

  get pid(): number | undefined {
    return this.server.pid;
  }

  get output(): string {
    return this.server.output;
  }

  stop = (): Promise<void> => this.server.stop();
  kill = (): Promise<void> => this.server.kill();
  restart = (): Promise<void> => this.server.restart();
}
