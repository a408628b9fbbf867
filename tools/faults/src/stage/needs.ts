import type { PostgresServer, RedisServer } from '@skein/testing';

/** What the services use as Redis: one server, or several that one URL leads to. */
export interface StageRedis {
  /** As the services' settings take it. */
  readonly url: string;
}

/** What a scenario wants otherwise than rounds usually have it. */
export interface StageNeeds {
  /**
   * Opens what the services get as Redis; a single server without it. It need not run yet.
   * @param folder of the round; data below it
   * @param resources take what must be ended
   */
  readonly openRedis?: (
    folder: string,
    resources: AsyncDisposableStack,
  ) => Promise<RedisServer | StageRedis>;
  /** Opens PostgreSQL, with a database `skein`; a temporary server without it. Parameters as above. */
  readonly openPostgres?: (
    folder: string,
    resources: AsyncDisposableStack,
  ) => Promise<PostgresServer>;
  /** Further settings of all services. */
  readonly environment?: NodeJS.ProcessEnv;
}
