import type { Provider } from '@nestjs/common';
import { openBlobs } from '@skein/blobs';
import { Postgres } from '@skein/postgres';
import { createSources, KubernetesSecretWatch, type SecretWatch } from '@skein/sources';
import type { Outside } from './prober.js';
import { RepoConfig } from './repo.config.js';

/** Nest token of {@link Outside}. */
export const OUTSIDE = Symbol('skein:outside');

/** Nest token of {@link SecretWatch}; nothing without a cluster. */
export const SECRET_WATCH = Symbol('skein:secret-watch');

export const outsideProviders: Provider[] = [
  {
    provide: OUTSIDE,
    useFactory: (postgres: Postgres, config: RepoConfig): Outside => ({
      source: createSources(config.sourceSettings('repo')),
      opener: openBlobs(postgres, config.sealingKeys).vault,
    }),
    inject: [Postgres, RepoConfig],
  },
  {
    provide: SECRET_WATCH,
    useFactory: ({ kubernetesSettings }: RepoConfig): SecretWatch | undefined =>
      kubernetesSettings && new KubernetesSecretWatch(kubernetesSettings),
    inject: [RepoConfig],
  },
];
