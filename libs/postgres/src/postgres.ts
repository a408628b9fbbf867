import pg, { type PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { clientWith } from './client.js';

const INT8 = 20;
// Positions, numbers and versions stay far below 2^53.
pg.types.setTypeParser(INT8, Number);

/** Anything that runs a statement: the pool, or one open transaction. */
export interface Queryable {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

/** One open transaction, READ COMMITTED: plain SQL, and TypeORM over the same connection. */
export interface Transaction extends Queryable {
  readonly manager: EntityManager;
}

type Constructor = new (...parameters: never[]) => object;

export interface PostgresSettings {
  /** TLS by its `sslmode` (`verify-full`; `no-verify` takes any certificate) and `sslrootcert`, a file. */
  readonly url: string;
  /** Asked at every connection; goes before that of the URL. */
  readonly password?: (() => string) | undefined;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections at the most. */
  readonly poolSize?: number;
  readonly entities?: readonly Constructor[];
}

function queryable(client: PoolClient): Queryable {
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[],
  };
}

/** One service's way to PostgreSQL. */
export class Postgres implements Queryable {
  private constructor(readonly dataSource: DataSource) {}

  /** @throws when the server refuses, or would acknowledge commits that it can still lose. */
  static async open(settings: PostgresSettings): Promise<Postgres> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: settings.url,
      entities: [...(settings.entities ?? [])],
      applicationName: settings.applicationName,
      poolSize: settings.poolSize ?? 8,
      connectTimeoutMS: 10_000,
      poolErrorHandler: () => undefined,
      extra: { Client: clientWith(settings.password) },
    });
    const postgres = new Postgres(await dataSource.initialize());
    await postgres.requireDurableCommits();
    return postgres;
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.connected(async (runner) => {
      const client = (await runner.connect()) as PoolClient;
      return queryable(client).query<Row>(sql, parameters);
    });
  }

  /** Commits what the work did, or nothing of it. */
  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.connected(async (runner) => {
      const client = (await runner.connect()) as PoolClient;
      await runner.startTransaction('READ COMMITTED');
      try {
        const result = await work({ manager: runner.manager, ...queryable(client) });
        await runner.commitTransaction();
        return result;
      } catch (error) {
        await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private async connected<Result>(work: (runner: QueryRunner) => Promise<Result>): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }

  private async requireDurableCommits(): Promise<void> {
    const [row] = await this.query<{ synchronous_commit: string }>('show synchronous_commit');
    if (row?.synchronous_commit !== 'off') return;
    await this.close();
    throw new Error(
      'synchronous_commit is off: an acknowledged change could be lost. Run the migrations, which set it for the role, or set it on.',
    );
  }
}
