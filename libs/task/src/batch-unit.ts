import { UnreadableEvent, type Delivered } from '@skein/events';
import type { ConsumerLog, Delivery, DueRetry, EventLog } from '@skein/event-log';
import { isTransient } from '@skein/postgres';
import type { Dispatch, UnitOfWork } from '@skein/stream';
import type { Batch } from './batch.js';
import { Burial } from './burial.js';
import { handlingMetrics } from './handling-metrics.js';
import { Handling, type Effect, type Fence } from './handling.js';
import { MemberRetries } from './member-retries.js';
import { membersOf } from './members.js';
import { RetrySchedule, type RetrySettings } from './retry-schedule.js';
import { SharedExclusiveLock } from './shared-exclusive-lock.js';
import type { Task } from './task.js';

const RETRIES_AT_ONCE = 100;
/** How long a suspect waits for all that is handled to end, and what comes after it for the suspect. */
const PATIENCE_MS = 10_000;

const deliveryOf = ({ sequence, event: { id } }: Delivered): Delivery => ({ sequence, id });

/** The one shell of all handling: fence, fold, decide, append, commit, in one transaction. */
export class BatchUnit implements UnitOfWork {
  readonly metrics = handlingMetrics();
  private readonly burial: Burial;
  private readonly handling: Handling;
  private readonly schedule: RetrySchedule;
  private readonly members: MemberRetries;
  /** What is suspected of ending its process is tried alone, so that no other is blamed for it, nor it for others. */
  private readonly lock = new SharedExclusiveLock(PATIENCE_MS);

  constructor(
    log: EventLog,
    private readonly consumer: ConsumerLog,
    task: Task,
    settings: RetrySettings,
  ) {
    this.burial = new Burial(log, consumer);
    this.handling = new Handling(log, task, this.metrics);
    this.schedule = new RetrySchedule(settings);
    const { burial, handling, schedule, lock } = this;
    this.members = new MemberRetries({ log, consumer, burial, handling, schedule, lock });
  }

  async handle(events: readonly Delivered[], dispatch: Dispatch, partition: number): Promise<void> {
    const fence: Fence = async (transaction) => {
      const fresh = await this.consumer.fence(transaction, partition, events.map(deliveryOf));
      return events.filter(({ sequence }) => fresh.has(sequence));
    };
    await this.lock.share(() => this.run(events, dispatch, fence));
  }

  async handleAgain(delivered: Delivered, dispatch: Dispatch): Promise<void> {
    this.metrics.redelivered.add(1);
    const { sequence } = delivered;
    if (!(await this.consumer.has(deliveryOf(delivered)))) return;
    await this.lock.share(async () => {
      if (await this.consumer.tryAgain(sequence, this.schedule.attemptAfter(0)))
        await this.attempt(sequence, dispatch);
    });
  }

  async fail(sequence: number, error: Error): Promise<void> {
    this.metrics.failed.add(1);
    const failed = (await this.consumer.attempts(sequence)) + 1;
    if (this.schedule.isSpent(failed)) {
      return this.burial.bury({ number: sequence, attempts: failed, cause: error.message });
    }
    await this.consumer.retryLater({
      number: sequence,
      attempts: failed,
      delayMs: this.schedule.delayAfter(failed),
      reason: error.message,
    });
  }

  async setAside(delivery: Delivery, error: Error): Promise<void> {
    if (await this.consumer.has(delivery)) await this.putAside(delivery.sequence, error);
  }

  async retryDue(dispatch: Dispatch): Promise<number> {
    const due = await this.consumer.due(RETRIES_AT_ONCE);
    for (const retry of due) {
      const mode = retry.suspect ? 'exclude' : 'share';
      await this.lock[mode](() => this.retry(retry, dispatch));
    }
    return due.length + (await this.members.retryDue(dispatch));
  }

  /** Runs a sweep: what it wants is decided, saved and appended in one transaction. */
  sweep(find: (batch: Batch) => Promise<void>): Promise<number> {
    return this.handling.sweep(find);
  }

  isTransient(error: unknown): boolean {
    return isTransient(error);
  }

  private async putAside(number: number, error: Error): Promise<void> {
    this.metrics.setAside.add(1);
    const unknown = error instanceof UnreadableEvent && error.code === 'unknown';
    if (unknown) await this.consumer.park(number, error.message);
    else await this.burial.bury({ number, attempts: 1, cause: error.message });
  }

  private async retry({ number, attempts }: DueRetry, dispatch: Dispatch): Promise<void> {
    const failed = await this.consumer.tryDue(number, this.schedule.attemptAfter(attempts));
    if (failed === undefined) return;
    const cause = 'its process ended while it was handled';
    if (this.schedule.isSpent(failed)) await this.burial.bury({ number, attempts: failed, cause });
    else await this.attempt(number, dispatch);
  }

  /** Handles an event of which a row says that it is tried. */
  private async attempt(number: number, dispatch: Dispatch): Promise<void> {
    try {
      const delivered = await this.consumer.read(number);
      if (!delivered) throw new Error(`event ${number} is not in the log`);
      const fence: Fence = async (transaction) =>
        (await this.consumer.fenceRetry(transaction, number)) ? [delivered] : [];
      await this.run([delivered], dispatch, fence, this.handling.lateEffect.bind(this.handling));
    } catch (error) {
      await this.attemptFailed(number, error as Error);
    }
  }

  private async attemptFailed(number: number, error: Error): Promise<void> {
    if (this.isTransient(error)) {
      await this.consumer.giveBack(number, this.schedule.self).catch(() => undefined);
      throw error;
    }
    if (error instanceof UnreadableEvent) await this.putAside(number, error);
    else await this.fail(number, error);
  }

  /** An event that fails alone may be about many things, of which only some fail. */
  private async run(
    events: readonly Delivered[],
    dispatch: Dispatch,
    fence: Fence,
    effect?: Effect,
  ): Promise<void> {
    try {
      await this.handling.run(events, dispatch, fence, effect);
    } catch (original) {
      const divisible = events.length === 1 && membersOf(events[0]!).length > 1;
      if (!divisible || this.isTransient(original)) throw original;
      await this.handling.run(events, dispatch, fence, (transaction, [delivered]) =>
        this.members.effectWithoutCulprits(transaction, delivered!, { dispatch, original, effect }),
      );
    }
  }
}
