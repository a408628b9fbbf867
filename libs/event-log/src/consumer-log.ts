import { catalogue, topology, type Delivered, type Group } from '@skein/events';
import { bigintArray, type Queryable } from '@skein/postgres';
import { dueInTurn } from './due.js';
import { inLog, type Delivery } from './in-log.js';
import { legible } from './legible.js';
import { readEvents } from './read.js';

export interface FailedEvent {
  readonly number: number;
  /** Attempts that failed so far. */
  readonly attempts: number;
}

export interface DueRetry extends FailedEvent {
  /** A process that tried it ended, of that or of something else. */
  readonly suspect: boolean;
}

/** Who tries an event, and how long nobody else may: after that it is thought dead. */
export interface Attempt {
  readonly by: string;
  readonly forMs: number;
}

/** What one service has handled, will try again, lets wait, or gave up: its rows beside the log. */
export class ConsumerLog {
  constructor(
    private readonly database: Queryable,
    readonly service: Group,
  ) {}

  /** Registers what this build hears; publishing starts with that. Wakes what an older build could not read. */
  async register(): Promise<void> {
    await this.database.query('select log.register_hearing($1, $2)', [
      this.service,
      [...topology[this.service]],
    ]);
    await this.wakeParked();
  }

  /**
   * Parked events of the types that this build knows are tried now. An older build that
   * still runs may take one and park it again, so this is done every now and then.
   */
  async wakeParked(): Promise<number> {
    const woken = await this.database.query(
      `with known as (
         delete from ${this.service}.parked where number in (
           select p.number from ${this.service}.parked p
           join log.sequence s on s.sequence = p.number
           join log.types t on t.id = s.type
           where t.name = any($1)
           order by p.number
           for update of p skip locked)
         returning number
       )
       insert into ${this.service}.retries (number, attempts, due, reason)
       select number, 0, now(), 'a build that knows its type runs' from known order by number
       on conflict do nothing
       returning number`,
      [[...catalogue.keys()]],
    );
    return woken.length;
  }

  /** The partitions of its streams. */
  async partitions(): Promise<number[]> {
    const rows = await this.database.query<{ partition: number }>(
      'select partition from log.checkpoints where service = $1 order by partition',
      [this.service],
    );
    return rows.map(({ partition }) => partition);
  }

  /** Of what a stream delivered at once, the numbers that take effect in this transaction. */
  async fence(
    transaction: Queryable,
    partition: number,
    deliveries: readonly Delivery[],
  ): Promise<ReadonlySet<number>> {
    if (deliveries.length === 0) return new Set();
    const newest = deliveries.reduce((one, other) => (one.sequence > other.sequence ? one : other));
    const numbers = deliveries.map(({ sequence }) => sequence);
    const [row] = await transaction.query<{ without: string[] | null }>(
      `select ${this.service}.fence($1, $2, $3) as without`,
      [partition, bigintArray(numbers), newest.id],
    );
    const without = row!.without;
    if (!without) return this.fence(transaction, partition, await inLog(transaction, deliveries));
    const effective = new Set(numbers);
    for (const number of without) effective.delete(Number(number));
    return effective;
  }

  /** Whether the log has this very event under this number. */
  async has(delivery: Delivery): Promise<boolean> {
    return (await inLog(this.database, [delivery])).length > 0;
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

  /** Retries whose time has come. */
  due(limit: number): Promise<DueRetry[]> {
    return this.database.query<DueRetry>(dueInTurn(`${this.service}.retries`, 'number'), [limit]);
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

  /**
   * Makes durable that an event which was delivered before is tried now, by the rule of
   * retries: if its process dies, the row is due later, and counts.
   * Answers false when it is handled, or waits as a row already.
   */
  async tryAgain(number: number, { by, forMs }: Attempt): Promise<boolean> {
    const begun = await this.database.query(
      `insert into ${this.service}.retries (number, attempts, due, reason, tried_by)
       select $1, 0, now() + make_interval(secs => $3 / 1000.0), 'it was delivered before', $2
       where ${this.open} and not exists (select from ${this.service}.parked where number = $1)
       on conflict do nothing
       returning number`,
      [number, by, forMs],
    );
    return begun.length > 0;
  }

  /**
   * Makes durable that a due retry is tried now. One that somebody else began and did not end
   * has failed. Answers the attempts that failed so far; undefined when a peer has it.
   */
  async tryDue(number: number, { by, forMs }: Attempt): Promise<number | undefined> {
    const [begun] = await this.database.query<{ attempts: number }>(
      `update ${this.service}.retries
       set attempts = attempts + case when tried_by <> $2 then 1 else 0 end,
           reason = case when tried_by <> $2 then 'its process ended while it was handled' else reason end,
           due = now() + make_interval(secs => $3 / 1000.0), tried_by = $2
       where number = $1 and due <= now()
       returning attempts`,
      [number, by, forMs],
    );
    return begun?.attempts;
  }

  /** A try that was no attempt: the event is due at once. */
  async giveBack(number: number, by: string): Promise<void> {
    await this.database.query(
      `update ${this.service}.retries set due = now(), tried_by = null where number = $1 and tried_by = $2`,
      [number, by],
    );
  }

  /** Makes the next try durable; after that the delivery can be acknowledged. */
  async retryLater(retry: FailedEvent & { delayMs: number; reason: string }): Promise<void> {
    await this.database.query(
      `insert into ${this.service}.retries as r (number, attempts, due, reason)
       select $1, $2, now() + make_interval(secs => $3 / 1000.0), $4 where ${this.open}
       on conflict (number) do update
         set attempts = greatest(r.attempts, excluded.attempts), due = excluded.due,
             reason = excluded.reason, tried_by = null`,
      [retry.number, retry.attempts, retry.delayMs, legible(retry.reason)],
    );
  }

  /** Lets an event that this build cannot handle yet wait, without using up attempts. */
  async park(number: number, reason: string): Promise<void> {
    await this.database.query(
      `with retried as (delete from ${this.service}.retries where number = $1)
       insert into ${this.service}.parked (number, reason)
       select $1, $2 where ${this.open}
       on conflict do nothing`,
      [number, legible(reason)],
    );
  }

  /**
   * Gives an event up, for good or until a person asks for it again. Answers whether this
   * call did, and not one before it.
   */
  async bury(
    number: number,
    attempts: number,
    reason: string,
    database: Queryable = this.database,
  ): Promise<boolean> {
    const buried = await database.query(
      `with retried as (delete from ${this.service}.retries where number = $1),
            done as (insert into ${this.service}.inbox (number) select $1 where ${this.open} on conflict do nothing)
       insert into ${this.service}.dead_letters (number, attempts, reason) select $1, $2, $3 where ${this.open}
       on conflict do nothing
       returning number`,
      [number, attempts, legible(reason)],
    );
    return buried.length > 0;
  }

  /** Adds to what the service counts for people; the figures of its stream show it. */
  async count(counted: Readonly<Record<string, number>>): Promise<void> {
    await this.database.query(
      `insert into ${this.service}.counts as c (name, value)
       select * from unnest($1::text[], $2::bigint[]) order by 1
       on conflict (name) do update set value = c.value + excluded.value`,
      [Object.keys(counted), Object.values(counted)],
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
