import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import { pruneLateRows } from './prune.js';

/** Rows that go in one transaction, which holds up retries as long as it lasts. */
const AT_ONCE = 1_000;

/**
 * Inbox rows of retries and dead letters often come when pruning has passed their numbers
 * already: a slow round of its own takes them away, once nothing waits for them.
 */
export class LateRows {
  constructor(
    private readonly database: Queryable,
    private readonly group: Group,
    private readonly atOnce = AT_ONCE,
  ) {}

  /** One step; answers how many rows went. None while somebody writes retries for long: there is time. */
  async step(): Promise<number> {
    const registered = await this.database.query(
      'select from log.checkpoints where service = $1 and partition = 0 and pruned > 0',
      [this.group],
    );
    if (registered.length === 0) return 0;
    return pruneLateRows(this.database, this.group, this.atOnce);
  }
}
