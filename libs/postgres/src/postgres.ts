import pg from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { bounded, waitingAt, type WaitingPool } from './bounded.js';
import { clientWith } from './client.js';
import type { Scope } from './scoped-query.js';
import { StatementNames } from './statement-names.js';
import {
  Statements,
  type Connect,
  type Database,
  type QueryOptions,
  type Transaction,
} from './statements.js';

const INT8 = 20;
// Positions, numbers and versions stay far below 2^53.
pg.types.setTypeParser(INT8, Number);

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
  /** How many may wait for one to do something in a scope. Default: as many as come. */
  readonly mostWaiting?: number | undefined;
  /** How long one is waited for. */
  readonly waitMs?: number | undefined;
  /** Whether statements that run often are prepared. Default: true. */
  readonly prepare?: boolean | undefined;
  readonly entities?: readonly Constructor[];
}

/** One service's way to PostgreSQL. */
export class Postgres implements Database {
  private readonly plain: Database;
  /** Others than those without a scope: by its role, PostgreSQL plans the same text otherwise. */
  private readonly scopedNames: StatementNames | undefined;

  private readonly connectBounded: Connect;

  private constructor(
    readonly dataSource: DataSource,
    { prepare = true, mostWaiting = Infinity }: PostgresSettings,
  ) {
    this.connectBounded = bounded(this.connect, () => this.pool, mostWaiting);
    const names = (prefix: string) => (prepare ? new StatementNames(prefix) : undefined);
    this.plain = new Statements({ connect: this.connect, names: names('skein') });
    this.scopedNames = names('skein_scoped');
  }

  /** @throws when the server refuses, or would acknowledge commits that it can still lose. */
  static async open(settings: PostgresSettings): Promise<Postgres> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: settings.url,
      entities: [...(settings.entities ?? [])],
      applicationName: settings.applicationName,
      poolSize: settings.poolSize ?? 8,
      connectTimeoutMS: settings.waitMs ?? 10_000,
      poolErrorHandler: () => undefined,
      extra: { Client: clientWith(settings.password) },
    });
    const postgres = new Postgres(await dataSource.initialize(), settings);
    await postgres.requireSafeTransactions();
    return postgres;
  }

  query<Row>(sql: string, parameters?: readonly unknown[], options?: QueryOptions): Promise<Row[]> {
    return this.plain.query(sql, parameters, options);
  }

  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.plain.transaction(work);
  }

  /**
   * The same connections, for statements and transactions that run in a scope each. These are the work of clients, of which
   * any number may come: what a service does by itself waits beside them, and is never refused.
   */
  within(scope: Scope): Database {
    return new Statements({ connect: this.connectBounded, names: this.scopedNames, scope });
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return waitingAt(this.pool);
  }

  private get driver(): PostgresDriver {
    return this.dataSource.driver as PostgresDriver;
  }

  private get pool(): WaitingPool {
    return this.driver.master as WaitingPool;
  }

  // Not by a query runner, which costs as much as a short statement.
  private readonly connect: Connect = () =>
    this.driver.obtainMasterConnection() as ReturnType<Connect>;

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
