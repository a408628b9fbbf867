import { Inject, Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WantLoop, Wants } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { RepoConfig } from './repo.config.js';
import { RepositoryChecker } from './repository-checker.js';

/** Looks at repositories, several at once: a slow one holds back nobody. */
@Injectable()
export class CheckLoop extends WantLoop {
  constructor(
    checker: RepositoryChecker,
    postgres: Postgres,
    { repositoryCheckConcurrency, retryBaseMs }: RepoConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({
      wants: new Wants('repo'),
      postgres,
      logger,
      name: 'check of a repository',
      kind: 'repository',
      limit: 1,
      lanes: repositoryCheckConcurrency,
      retryBaseMs,
      work: ([want], signal) => checker.check(want!, signal),
    });
  }
}
