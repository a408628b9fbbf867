import { Client } from 'pg';
import { waitFor } from './wait-for.js';

/** A transaction that a test holds open, to interleave it with others statement by statement. */
export interface OpenTransaction {
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Resolves when its current statement waits for a lock that another transaction holds. */
  untilItWaits(): Promise<void>;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function waitsForLock(url: string, pid: number | undefined): Promise<boolean> {
  const client = await connect(url);
  try {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`,
      [pid],
    );
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

/** Begins a transaction (READ COMMITTED) on a connection of its own, which ends with it. */
export async function openTransaction(url: string): Promise<OpenTransaction> {
  const client = await connect(url);
  await client.query('begin');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const end = async (how: 'commit' | 'rollback') => {
    await client.query(how);
    await client.end();
  };
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[],
    commit: () => end('commit'),
    rollback: () => end('rollback'),
    untilItWaits: async () => {
      await waitFor(() => waitsForLock(url, rows[0]?.pid), {
        message: 'the statement waits for a lock',
      });
    },
  };
}
