import { append, EventTypes } from '@skein/event-log';
import type { NewEvent } from '@skein/events';
import type { Queryable, QueryOptions } from '@skein/postgres';
import pg from 'pg';

/** As many connections as the gateway has. */
const CONNECTIONS = 8;

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `bare_${names.size}`;
  names.set(text, name);
  return name;
}

/** Statements of one connection, or of the pool, prepared but for those whose parameters decide on the plan. */
function over(client: pg.Pool | pg.PoolClient): Queryable {
  return {
    query: async <Row>(
      text: string,
      parameters: readonly unknown[] = [],
      { planAnew = false }: QueryOptions = {},
    ) => {
      const name = planAnew ? {} : { name: nameOf(text) };
      const query = { ...name, text, values: [...parameters] };
      return (await client.query(query)).rows as Row[];
    },
  };
}

/** What a change wrote, and what it says. */
export interface Written<Result> {
  readonly events: readonly NewEvent[];
  readonly result: Result;
}

/** The plain driver; only the append is that of the library, since no other pen may write to the log. */
export class Store {
  readonly reading: Queryable;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly types: EventTypes,
  ) {
    this.reading = over(pool);
  }

  static async open(url: string): Promise<Store> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
    return new Store(pool, await EventTypes.load(over(pool)));
  }

  async commit<Result>(
    work: (transaction: Queryable) => Promise<Written<Result>>,
  ): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const transaction = over(client);
      const { events, result } = await work(transaction);
      await append(transaction, events, { service: 'gateway', types: this.types });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
