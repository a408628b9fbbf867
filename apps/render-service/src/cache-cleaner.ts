import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { CachedContents } from './cached-contents.js';
import { RenderCache } from './render-cache.js';

const AT_ONCE = 100;
const POLL_MS = 2_000;

/** Drops from the cache what nobody needs any more. Doing it twice is harmless; what it misses expires. */
@Injectable()
export class CacheCleaner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;

  constructor(
    private readonly postgres: Postgres,
    private readonly contents: CachedContents,
    private readonly cache: RenderCache,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.once();
    this.loop = new WorkLoop({ work, logger, idleMs: POLL_MS, name: 'cleaning of the cache' });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Answers how much that was. */
  async once(): Promise<number> {
    const stale = await this.contents.stale(this.postgres, AT_ONCE);
    if (stale.length === 0) return 0;
    for (const { scope, repository } of stale) {
      await this.cache.contents.drop(scope, repository);
    }
    await this.contents.forget(this.postgres, stale);
    return stale.length;
  }
}
