import type { Provider } from '@nestjs/common';
import { BlobStore, SealedStore, Sealer, Vault } from '@skein/blobs';
import { Postgres } from '@skein/postgres';
import { createSources, type FreezeContext, type Source } from '@skein/sources';
import { ValidationConfig } from './validation.config.js';

/** With what contents are fetched, opened and kept. */
export interface Freezing extends Pick<FreezeContext, 'store' | 'opener'> {
  readonly source: Source;
}

/** Nest token of {@link Freezing}. */
export const FREEZING = Symbol('skein:freezing');

export const freezingProvider: Provider = {
  provide: FREEZING,
  useFactory: (postgres: Postgres, config: ValidationConfig): Freezing => ({
    source: createSources(config.sourceSettings('validation')),
    store: new BlobStore(postgres),
    opener: new Vault(new SealedStore(postgres), new Sealer(config.sealingKeys)),
  }),
  inject: [Postgres, ValidationConfig],
};
