import type { Pool } from 'pg';
import type { Connect } from './statements.js';

/** So many wait for a connection already that one more would only wait in vain. Later it may not. */
export class TooManyWaiting extends Error {
  readonly code = 'too-many-waiting';
  readonly retryable = true;

  constructor(waiting: number) {
    super(`${waiting} wait for a connection to PostgreSQL`);
  }
}

/** The pool, as far as it tells who waits. */
export type WaitingPool = Pick<Pool, 'waitingCount' | 'idleCount' | 'totalCount' | 'options'>;

/** How many wait, without those for whom there is a connection that they get in a moment. */
export function waitingAt({ waitingCount, idleCount, totalCount, options }: WaitingPool): number {
  const free = idleCount + options.max - totalCount;
  return Math.max(0, waitingCount - free);
}

/** The same connections, first come, first served, for whom there is room to wait. @throws TooManyWaiting */
export function bounded(connect: Connect, pool: () => WaitingPool, most: number): Connect {
  return async () => {
    const waiting = waitingAt(pool());
    if (waiting >= most) throw new TooManyWaiting(waiting);
    return connect();
  };
}
