import type { PoolClient, QueryConfig } from 'pg';
import { isOutdatedPlan } from './errors.js';
import { beginSql, queryScoped, scopeStatement, type Scope } from './scoped-query.js';
import type { StatementNames } from './statement-names.js';

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

/** Runs statements, and transactions of several. */
export interface Database extends Queryable {
  /** Commits what the work did, or nothing of it. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

interface Statement extends QueryOptions {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A connection of the pool, and how it is given back; one that broke is told so. */
export type Connect = () => Promise<[PoolClient, (broken?: Error) => void]>;

export interface StatementsParts {
  readonly connect: Connect;
  /** Undefined: nothing is prepared. */
  readonly names: StatementNames | undefined;
  readonly scope?: Scope;
}

/** Runs statements on a pool; all of them in a scope, if there is one. */
export class Statements implements Database {
  constructor(private readonly parts: StatementsParts) {}

  async query<Row>(
    sql: string,
    parameters: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Row[]> {
    const [client, release] = await this.parts.connect();
    const run = () => this.run<Row>(client, { sql, parameters, ...options }, this.parts.scope);
    try {
      return await run().catch((error: unknown) => {
        if (!isOutdatedPlan(error)) throw error;
        return run();
      });
    } finally {
      release();
    }
  }

  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const [client, release] = await this.parts.connect();
    let broken: Error | undefined;
    try {
      await client.query(this.parts.scope ? beginSql(this.parts.scope) : 'begin');
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
    scope?: Scope,
  ): Promise<Row[]> {
    const name = planAnew ? undefined : this.parts.names?.of(text);
    const query: QueryConfig = { text, values: [...parameters], ...(name && { name }) };
    try {
      const answer = await this.send(client, query, scope);
      return answer.rows as Row[];
    } catch (error) {
      if (isOutdatedPlan(error)) this.parts.names?.renew(text);
      throw error;
    }
  }

  private send(client: PoolClient, query: QueryConfig, scope: Scope | undefined) {
    if (!scope) return client.query(query);
    const setting = scopeStatement(scope);
    const name = this.parts.names?.of(setting.text);
    return queryScoped(client, { ...setting, ...(name && { name }) }, query);
  }
}
