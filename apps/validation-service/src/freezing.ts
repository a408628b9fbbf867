import type { Provider } from '@nestjs/common';
import { openBlobs } from '@skein/blobs';
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
  useFactory: (postgres: Postgres, config: ValidationConfig): Freezing => {
    const { store, vault } = openBlobs(postgres, config.sealingKeys);
    const source = createSources(config.sourceSettings('validation'));
    return { source, store, opener: vault };
  },
  inject: [Postgres, ValidationConfig],
};
