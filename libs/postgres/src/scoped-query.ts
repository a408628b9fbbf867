import pg, { type PoolClient, type QueryConfig, type QueryResult, type Submittable } from 'pg';

/** Settings of PostgreSQL under which statements run, and which are gone when they end: `role`, `skein.org`. */
export type Scope = Readonly<Record<string, string>>;

/** As pg's clients call it, beyond what its types say. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: object): void;
  bind(message: object): void;
  execute(message: object): void;
}

/** What a client tells the query that it runs. */
interface Told {
  readonly name?: string;
  readonly text: string;
  submit(connection: Connection): Error | null;
  handleRowDescription(message: object): void;
  handleDataRow(message: object): void;
  handleCommandComplete(message: object, connection: Connection): void;
  handleEmptyQuery(connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
  handlePortalSuspended(connection: Connection): void;
  handleCopyInResponse(connection: Connection): void;
  handleCopyData(message: object): void;
}

/** SQL that sets a scope for the transaction that it runs in. */
const scopeSql = (scope: Scope, value: (text: string, index: number) => string): string => {
  const settings = Object.entries(scope).map(
    ([name, text], index) => `set_config('${name}', ${value(text, index)}, true)`,
  );
  return `select ${settings.join(', ')}`;
};

/** SQL that begins a transaction in a scope. */
export const beginSql = (scope: Scope): string =>
  `begin; ${scopeSql(scope, (text) => pg.escapeLiteral(text))}`;

/**
 * A statement in a scope, in one round trip: up to the one Sync of the extended protocol both are one transaction of
 * their own, so nothing of the scope is left on the connection, and without the scope the statement does not run. (PostgreSQL's
 * manual, 55.2.4 Pipelining.)
 */
class ScopedQuery implements Submittable {
  private isScoped = false;

  constructor(
    private readonly setting: QueryConfig,
    private readonly inner: Told,
  ) {}

  /** By name and text the client notes what it has prepared: whichever's turn it is. */
  get name(): string | undefined {
    return this.current.name;
  }

  get text(): string {
    return this.current.text;
  }

  submit = (connection: pg.Connection): Error | null => {
    const wire = connection as unknown as Connection;
    wire.stream.cork();
    try {
      const { name = '', text, values } = this.setting;
      if (!(name in wire.parsedStatements)) wire.parse({ name, text });
      wire.bind({ statement: name, values });
      wire.execute({});
      return this.inner.submit(wire);
    } finally {
      wire.stream.uncork();
    }
  };

  handleRowDescription(message: object): void {
    this.inner.handleRowDescription(message);
  }

  handleDataRow(message: object): void {
    if (this.isScoped) this.inner.handleDataRow(message);
  }

  handleCommandComplete(message: object, connection: Connection): void {
    if (this.isScoped) this.inner.handleCommandComplete(message, connection);
    this.isScoped = true;
  }

  handleEmptyQuery(connection: Connection): void {
    this.inner.handleEmptyQuery(connection);
  }

  handleError(error: Error, connection: Connection): void {
    if (this.inner.name && connection) delete connection.submittedNamedStatements[this.inner.name];
    this.inner.handleError(error, connection);
  }

  handleReadyForQuery(connection: Connection): void {
    this.inner.handleReadyForQuery(connection);
  }

  handlePortalSuspended(connection: Connection): void {
    this.inner.handlePortalSuspended(connection);
  }

  handleCopyInResponse(connection: Connection): void {
    this.inner.handleCopyInResponse(connection);
  }

  handleCopyData(message: object): void {
    this.inner.handleCopyData(message);
  }

  private get current(): Pick<Told, 'name' | 'text'> {
    return this.isScoped ? this.inner : this.setting;
  }
}

/** The statement that sets a scope for the transaction that it runs in. */
export function scopeStatement(scope: Scope): QueryConfig {
  return {
    text: scopeSql(scope, (_text, index) => `$${index + 1}`),
    values: Object.values(scope),
  };
}

/**
 * Runs a statement after one that sets its scope.
 * @param setting prepared, if it has a name
 */
export function queryScoped(
  client: PoolClient,
  setting: QueryConfig,
  config: QueryConfig,
): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    const answer = (error: Error | undefined, result: unknown) =>
      error ? reject(error) : resolve(result as QueryResult);
    // Without a parameter it would be sent by the simple protocol, as a transaction of its own.
    const query = new pg.Query({ ...config, queryMode: 'extended' } as QueryConfig, answer);
    client.query(new ScopedQuery(setting, query as unknown as Told));
  });
}
