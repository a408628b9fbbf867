import pg, { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { clientWith } from './client.js';
import { isOutdatedPlan } from './errors.js';
import { StatementNames } from './statement-names.js';

const INT8 = 20;
// Positions, numbers and versions stay far below 2^53.
pg.types.setTypeParser(INT8, Number);

export interface QueryOptions {
  /** Planned for its parameters each time, where these decide which plan is good; else prepared, if it runs often. */
  readonly planAnew?: boolean;
}

/** Anything that runs a statement: the pool, or one open transaction. */
export interface Queryable {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Row[]>;
}

/** One open transaction, READ COMMITTED. */
export interface Transaction extends Queryable {
  /**
   * The commit does not wait for the disk: everybody sees it at once, and a crash of PostgreSQL may take it back. For
   * what is then found missing, and done again. Nothing outlives what it was made from: a later commit that waits
   * makes all that came before it durable too.
   */
  commitAsynchronously(): void;
}

interface Statement extends QueryOptions {
  readonly sql: string;
  readonly parameters: readonly unknown[];
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
  /** Whether statements that run often are prepared. Default: true. */
  readonly prepare?: boolean | undefined;
  readonly entities?: readonly Constructor[];
}

/** One service's way to PostgreSQL. */
export class Postgres implements Queryable {
  private readonly names: StatementNames | undefined;

  private constructor(
    readonly dataSource: DataSource,
    { prepare = true }: PostgresSettings,
  ) {
    this.names = prepare ? new StatementNames() : undefined;
  }

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
    const postgres = new Postgres(await dataSource.initialize(), settings);
    await postgres.requireSafeTransactions();
    return postgres;
  }

  async query<Row>(
    sql: string,
    parameters: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    const [client, release] = await this.connection();
    const run = () => this.run<Row>(client, { sql, parameters, ...options });
    try {
      return await run().catch((error: unknown) => {
        if (!isOutdatedPlan(error)) throw error;
        return run();
      });
    } finally {
      release();
    }
  }

  /** Commits what the work did, or nothing of it. */
  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const [client, release] = await this.connection();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await this.within(client, work);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      release(broken);
    }
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  /** A connection of the pool, and how it is given back; one that broke is told so. */
  private connection(): Promise<[PoolClient, (broken?: Error) => void]> {
    // Not by a query runner, which costs as much as a short statement.
    const driver = this.dataSource.driver as PostgresDriver;
    return driver.obtainMasterConnection() as Promise<[PoolClient, (broken?: Error) => void]>;
  }

  private async within<Result>(
    client: PoolClient,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    let synchronous = true;
    const result = await work({
      query: (sql, parameters = [], options = {}) =>
        this.run(client, { sql, parameters, ...options }),
      commitAsynchronously: () => {
        synchronous = false;
      },
    });
    if (!synchronous) await client.query('set local synchronous_commit = off');
    return result;
  }

  private async run<Row>(
    client: PoolClient,
    { sql: text, parameters, planAnew = false }: Statement,
  ): Promise<Row[]> {
    const name = planAnew ? undefined : this.names?.of(text);
    try {
      const answer = await client.query({ text, values: [...parameters], ...(name && { name }) });
      return answer.rows as Row[];
    } catch (error) {
      if (isOutdatedPlan(error)) this.names?.renew(text);
      throw error;
    }
  }

  /** What every transaction relies on is set for the role by the migrations; asked here, it costs no round trip there. */
  private async requireSafeTransactions(): Promise<void> {
    const [row] = await this.query<{ commit: string; isolation: string }>(
      `select current_setting('synchronous_commit') as commit,
              current_setting('default_transaction_isolation') as isolation`,
    );
    const wrong = [
      row!.commit === 'off' &&
        'synchronous_commit is off: an acknowledged change could be lost. Run the migrations, which set it for the role, or set it on.',
      row!.isolation !== 'read committed' &&
        `default_transaction_isolation is ${row!.isolation}, and has to be read committed. Run the migrations, which set it for the role.`,
    ].filter(Boolean);
    if (wrong.length === 0) return;
    await this.close();
    throw new Error(wrong.join(' '));
  }
}
