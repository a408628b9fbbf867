import type { Provider } from '@nestjs/common';
import { BlobStore, SealedStore, Sealer, Vault } from '@skein/blobs';
import { Postgres } from '@skein/postgres';
import { createSources, type FreezeContext } from '@skein/sources';
import { RenderConfig } from './render.config.js';

/** With what contents are fetched, opened and kept. */
export type Freezing = Pick<FreezeContext, 'source' | 'store' | 'opener'>;

/** Nest token of {@link Freezing}. */
export const FREEZING = Symbol('skein:freezing');

export const freezingProviders: Provider[] = [
  {
    provide: BlobStore,
    useFactory: (postgres: Postgres) => new BlobStore(postgres),
    inject: [Postgres],
  },
  {
    provide: FREEZING,
    useFactory: (postgres: Postgres, store: BlobStore, config: RenderConfig): Freezing => ({
      source: createSources(config.sourceSettings('render')),
      store,
      opener: new Vault(new SealedStore(postgres), new Sealer(config.sealingKeys)),
    }),
    inject: [Postgres, BlobStore, RenderConfig],
  },
];
