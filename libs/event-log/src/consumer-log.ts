import { topology, type Delivered, type Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import { readEvents } from './read.js';

export interface DueRetry {
  readonly number: number;
  /** Attempts that failed so far. */
  readonly attempts: number;
}

/** What one service has handled, will try again, lets wait, or gave up: its rows beside the log. */
export class ConsumerLog {
  constructor(
    private readonly database: Queryable,
    readonly service: Group,
  ) {}

  /** Registers what this build hears; publishing starts with that. */
  async register(): Promise<void> {
    await this.database.query('select log.register_hearing($1, $2)', [
      this.service,
      [...topology[this.service]],
    ]);
  }

  /** Of the delivered numbers, those that take effect in this transaction. */
  async fence(
    transaction: Queryable,
    partition: number,
    numbers: readonly number[],
  ): Promise<Set<number>> {
    const rows = await transaction.query<{ fence: number }>(
      `select fence from ${this.service}.fence($1, $2::bigint[])`,
      [partition, numbers],
    );
    return new Set(rows.map((row) => row.fence));
  }

  /**
   * The rule for a retry or a parked event: it takes effect whatever the checkpoint
   * says, unless the inbox has it. Its row goes in the same transaction, and goes first:
   * without the row a peer has done it, whose inbox row may be pruned already.
   */
  async fenceRetry(transaction: Queryable, number: number): Promise<boolean> {
    const waiting = await transaction.query(
      `with retried as (delete from ${this.service}.retries where number = $1 returning number),
            unparked as (delete from ${this.service}.parked where number = $1 returning number)
       select number from retried union all select number from unparked`,
      [number],
    );
    if (waiting.length === 0) return false;
    const inserted = await transaction.query(
      `insert into ${this.service}.inbox (number) values ($1) on conflict do nothing returning number`,
      [number],
    );
    return inserted.length > 0;
  }

  /** Retries whose time has come, oldest first. */
  due(limit: number): Promise<DueRetry[]> {
    return this.database.query<DueRetry>(
      `select number, attempts from ${this.service}.retries where due <= now() order by due, number limit $1`,
      [limit],
    );
  }

  /** @throws UnreadableEvent */
  async read(number: number): Promise<Delivered | undefined> {
    return (await readEvents(this.database, [number]))[0];
  }

  /** How often the event failed so far. */
  async attempts(number: number): Promise<number> {
    const [row] = await this.database.query<{ attempts: number }>(
      `select attempts from ${this.service}.retries where number = $1`,
      [number],
    );
    return row?.attempts ?? 0;
  }

  /** Makes the next try durable; after that the delivery can be acknowledged. */
  async retryLater(retry: DueRetry & { delayMs: number; reason: string }): Promise<void> {
    await this.database.query(
      `insert into ${this.service}.retries as r (number, attempts, due, reason)
       select $1, $2, now() + make_interval(secs => $3 / 1000.0), $4 where ${this.open}
       on conflict (number) do update
         set attempts = greatest(r.attempts, excluded.attempts), due = excluded.due, reason = excluded.reason`,
      [retry.number, retry.attempts, retry.delayMs, retry.reason],
    );
  }

  /** Lets an event that this build cannot handle yet wait, without using up attempts. */
  async park(number: number, reason: string): Promise<void> {
    await this.database.query(
      `with retried as (delete from ${this.service}.retries where number = $1)
       insert into ${this.service}.parked (number, reason)
       select $1, $2 where ${this.open}
       on conflict do nothing`,
      [number, reason],
    );
  }

  /** Gives an event up, for good or until a person asks for it again. */
  async bury(number: number, attempts: number, reason: string): Promise<void> {
    await this.database.query(
      `with retried as (delete from ${this.service}.retries where number = $1),
            done as (insert into ${this.service}.inbox (number) select $1 where ${this.open} on conflict do nothing)
       insert into ${this.service}.dead_letters (number, attempts, reason) select $1, $2, $3 where ${this.open}
       on conflict do nothing`,
      [number, attempts, reason],
    );
  }

  /**
   * SQL: nobody has handled `$1`. A consumer that was thought dead may still speak of an
   * event that a peer has handled, and whose inbox row is pruned below the checkpoint.
   */
  private get open(): string {
    const { service } = this;
    return `not exists (select from ${service}.inbox where number = $1)
      and (exists (select from ${service}.retries where number = $1)
        or exists (select from ${service}.parked where number = $1)
        or $1 > coalesce((select min(number) from log.checkpoints where service = '${service}'), 0))`;
  }
}
