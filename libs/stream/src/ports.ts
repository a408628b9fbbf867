import type { Delivered } from '@skein/events';

/** Hands a run of events of one type, in order, to its handler. `batch` is the handler's context. */
export type Dispatch = (type: string, events: readonly Delivered[], batch: object) => Promise<void>;

export interface Unread {
  readonly sequence: number;
  readonly id: string;
}

/**
 * What the transport needs of whoever makes handling durable; libs/task fits it.
 * Each method resolves only after its effect is committed: then the delivery is acknowledged.
 */
export interface UnitOfWork {
  /** Handles a batch of one partition in one transaction: all of it took effect, or nothing. Repeats take no effect. */
  handle(events: readonly Delivered[], dispatch: Dispatch, partition: number): Promise<void>;
  /**
   * Handles an event that was delivered before, alone: whoever had it may have died of it.
   * That it is tried is durable first, so that the next one to have it knows.
   */
  handleAgain(delivered: Delivered, dispatch: Dispatch): Promise<void>;
  /** Puts an event that failed alone away, for a later try or as a dead letter. */
  fail(sequence: number, error: Error): Promise<void>;
  /** Puts away an event that this build cannot read; its number and id are those of its entry. */
  setAside(delivery: Unread, error: Error): Promise<void>;
  /** Tries again what is due, one by one; resolves with how many there were. */
  retryDue(dispatch: Dispatch): Promise<number>;
  /** Whether the error says nothing about the events: such a failure is no attempt. */
  isTransient(error: unknown): boolean;
}

/** Nest token of the service's {@link UnitOfWork}. */
export const UNIT_OF_WORK = Symbol('skein:unit-of-work');
