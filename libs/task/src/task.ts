import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch } from './batch.js';

/** What a service does with what its events made worth deciding. */
export interface Task {
  /**
   * Whether users and devices read what it saves: then that is durable before they can.
   * Otherwise handling that appends nothing does not wait for the disk, and is done again if a crash takes it back.
   */
  readonly isShown?: boolean;
  /**
   * Called before the first of a batch's events is folded: takes, in one sorted
   * statement, the locks that keep two replicas apart. Locks taken later, one run
   * of events after the other, would deadlock.
   */
  lock?(transaction: Transaction, events: readonly Delivered[]): Promise<void>;
  /**
   * Called once a batch, after its events were folded into the views, in their
   * transaction: loads state, decides, saves, and answers the events to append.
   * It talks to PostgreSQL only; what needs the outside is put down as a want.
   */
  perform(batch: Batch): Promise<NewEvent[]>;
  /**
   * Answers events to append with the effect of what is handled late: again, or after it was set aside, when others that
   * came later took effect before it.
   */
  handledLate?(events: readonly Delivered[]): NewEvent[];
  /** Called after the commit: a work loop is woken here. */
  committed?(): void;
}
