import type { Group, NewEvent } from '@skein/events';
import type { Database, Postgres, Transaction } from '@skein/postgres';
import { append, type AppendedEvent } from './append.js';
import { EventTypes } from './event-types.js';

/** What a change did: its events enter the log with it, or neither happens. */
export interface Change<Result> {
  readonly events: readonly NewEvent[];
  /** Made of the versions that the events got, in their order. */
  readonly result: (appended: readonly AppendedEvent[]) => Result;
}

/** One service's pen in the log. */
export class EventLog {
  private constructor(
    readonly postgres: Postgres,
    readonly service: Group,
    readonly types: EventTypes,
    private readonly wake: () => void,
  ) {}

  /** @param wake is called after each commit that appended something, and must not throw. */
  static async open(postgres: Postgres, service: Group, wake: () => void): Promise<EventLog> {
    return new EventLog(postgres, service, await EventTypes.load(postgres), wake);
  }

  /** Appends in a transaction that somebody else commits; call {@link announce} after that. */
  append(transaction: Transaction, events: readonly NewEvent[]): Promise<AppendedEvent[]> {
    return append(transaction, events, this);
  }

  /** Says that something was committed. */
  announce(): void {
    this.wake();
  }

  /** Runs a change and appends its events in the same transaction; wakes the replayer after the commit. */
  async commit<Result>(
    work: (transaction: Transaction) => Promise<Change<Result>>,
    database: Database = this.postgres,
  ): Promise<Result> {
    const { appended, change } = await database.transaction(async (transaction) => {
      const done = await work(transaction);
      return { change: done, appended: await this.append(transaction, done.events) };
    });
    if (appended.length > 0) this.announce();
    return change.result(appended);
  }
}
