import type { Provider } from '@nestjs/common';
import { openBlobs, type Blobs } from '@skein/blobs';
import { Postgres } from '@skein/postgres';
import { createSources, type FreezeContext } from '@skein/sources';
import { RenderConfig } from './render.config.js';

/** With what contents are fetched, opened and kept. */
export type Freezing = Pick<FreezeContext, 'source' | 'store' | 'opener'>;

/** Nest token of {@link Freezing}. */
export const FREEZING = Symbol('skein:freezing');

/** Nest token of {@link Blobs}. */
export const BLOBS = Symbol('skein:blobs');

export const freezingProviders: Provider[] = [
  {
    provide: BLOBS,
    useFactory: (postgres: Postgres, config: RenderConfig) =>
      openBlobs(postgres, config.sealingKeys),
    inject: [Postgres, RenderConfig],
  },
  {
    provide: FREEZING,
    useFactory: ({ store, vault }: Blobs, config: RenderConfig): Freezing => ({
      ...{ store, opener: vault },
      source: createSources(config.sourceSettings('render')),
    }),
    inject: [BLOBS, RenderConfig],
  },
];
