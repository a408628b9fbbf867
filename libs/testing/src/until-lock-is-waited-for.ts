import type { Queryable } from '@skein/postgres';
import { waitFor } from './wait-for.js';

/** Resolves when some transaction of the database waits for a lock that another one holds. */
export async function untilLockIsWaitedFor(database: Queryable): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await waitFor(async () => (await database.query(waiting)).length > 0, {
    message: 'a transaction that waits for a lock',
  });
}
