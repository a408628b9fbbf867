import type { Provider } from '@nestjs/common';
import { SealedStore, Sealer, Vault } from '@skein/blobs';
import { Postgres } from '@skein/postgres';
import { createSources } from '@skein/sources';
import type { Outside } from './prober.js';
import { RepoConfig } from './repo.config.js';

/** Nest token of {@link Outside}. */
export const OUTSIDE = Symbol('skein:outside');

export const outsideProvider: Provider = {
  provide: OUTSIDE,
  useFactory: (postgres: Postgres, config: RepoConfig): Outside => ({
    source: createSources(config.sourceSettings('repo')),
    opener: new Vault(new SealedStore(postgres), new Sealer(config.sealingKeys)),
  }),
  inject: [Postgres, RepoConfig],
};
