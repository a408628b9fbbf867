import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Blobs } from '@skein/blobs';
import { openCache, type ContentCache, type OpenedCache } from '@skein/cache';
import { LOGGER, type Logger } from '@skein/telemetry';
import { BLOBS } from './freezing.js';
import { RenderConfig } from './render.config.js';

/** The cache, for as long as the service runs. */
@Injectable()
export class RenderCache implements OnApplicationShutdown {
  private readonly opened: OpenedCache;

  constructor(
    { cacheSettings }: RenderConfig,
    @Inject(BLOBS) { byteSealer: sealer }: Blobs,
    @Inject(LOGGER) logger: Logger,
  ) {
    const redis = { ...cacheSettings.redis, name: 'skein-render-cache', logger };
    this.opened = openCache({ ...cacheSettings, redis, sealer });
  }

  get contents(): ContentCache {
    return this.opened.cache;
  }

  onApplicationShutdown(): void {
    this.opened.close();
  }
}
