import type { Group } from '@skein/events';
import { sqlState, type Queryable } from '@skein/postgres';

const LOCK_NOT_AVAILABLE = '55P03';

/** Pruning waits for whoever writes retries, but not for long: there is time. */
async function unlessLocked<Row>(pruning: Promise<Row[]>): Promise<Row | undefined> {
  try {
    return (await pruning)[0];
  } catch (error) {
    if (sqlState(error) === LOCK_NOT_AVAILABLE) return undefined;
    throw error;
  }
}

/** Takes away the inbox rows that all checkpoints of a service have passed. */
export async function pruneInbox(database: Queryable, service: Group): Promise<void> {
  await unlessLocked(database.query(`select ${service}.prune()`));
}

/** Takes away some of the inbox rows that came after pruning had passed their numbers; answers how many. */
export async function pruneLateRows(
  database: Queryable,
  service: Group,
  most: number,
): Promise<number> {
  const pruning = database.query<{ gone: number }>(`select ${service}.prune_late($1) as gone`, [
    most,
  ]);
  return (await unlessLocked(pruning))?.gone ?? 0;
}
