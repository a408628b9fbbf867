import { UnreadableEvent, type Delivered, type NewEvent } from '@skein/events';
import type { ConsumerLog, EventLog } from '@skein/event-log';
import { isTransient, type Transaction } from '@skein/postgres';
import type { Dispatch, UnitOfWork } from '@skein/stream';
import { currentTraceparent, inSpan, withLogContext } from '@skein/telemetry';
import { backoffMs } from './backoff.js';
import { Batch } from './batch.js';
import { handlingMetrics } from './handling-metrics.js';
import type { Task } from './task.js';

export interface BatchUnitSettings {
  readonly retryLimit: number;
  readonly retryBaseMs: number;
  /** The stream's partition. */
  readonly partition?: number;
}

const RETRIES_AT_ONCE = 100;

/** Consecutive events of one type, in order. */
function runsOf(events: readonly Delivered[]): Delivered[][] {
  const runs: Delivered[][] = [];
  for (const delivered of events) {
    const last = runs.at(-1);
    if (last?.[0]?.event.type === delivered.event.type) last.push(delivered);
    else runs.push([delivered]);
  }
  return runs;
}

function traced(event: NewEvent): NewEvent {
  const traceparent = currentTraceparent();
  return traceparent ? { ...event, origin: { ...event.origin, traceparent } } : event;
}

/** The one shell of all handling: fence, fold, decide, append, commit, in one transaction. */
export class BatchUnit implements UnitOfWork {
  private readonly metrics = handlingMetrics();

  constructor(
    private readonly log: EventLog,
    private readonly consumer: ConsumerLog,
    private readonly task: Task,
    private readonly settings: BatchUnitSettings,
  ) {}

  async handle(events: readonly Delivered[], dispatch: Dispatch): Promise<void> {
    await this.inOneTransaction(events, dispatch, async (transaction) => {
      const numbers = events.map(({ sequence }) => sequence);
      const partition = this.settings.partition ?? 0;
      const fresh = await this.consumer.fence(transaction, partition, numbers);
      return events.filter(({ sequence }) => fresh.has(sequence));
    });
  }

  async fail(sequence: number, error: Error): Promise<void> {
    this.metrics.failed.add(1);
    const failed = (await this.consumer.attempts(sequence)) + 1;
    if (failed > this.settings.retryLimit) {
      return this.consumer.bury(sequence, failed, error.message);
    }
    const delayMs = backoffMs(failed, { baseMs: this.settings.retryBaseMs, random: Math.random() });
    await this.consumer.retryLater({
      number: sequence,
      attempts: failed,
      delayMs,
      reason: error.message,
    });
  }

  async setAside(sequence: number, error: Error): Promise<void> {
    this.metrics.setAside.add(1);
    const unknown = error instanceof UnreadableEvent && error.code === 'unknown';
    if (unknown) await this.consumer.park(sequence, error.message);
    else await this.consumer.bury(sequence, 1, error.message);
  }

  async retryDue(dispatch: Dispatch): Promise<number> {
    const due = await this.consumer.due(RETRIES_AT_ONCE);
    for (const { number } of due) await this.retry(number, dispatch);
    return due.length;
  }

  /** Runs a sweep: what it wants is decided, saved and appended in one transaction. */
  async sweep(find: (batch: Batch) => Promise<void>): Promise<number> {
    const appended = await this.log.postgres.transaction(async (transaction) => {
      const batch = new Batch(transaction);
      await find(batch);
      return batch.isEmpty ? 0 : this.decide(batch);
    });
    if (appended > 0) this.log.announce();
    this.task.committed?.();
    return appended;
  }

  isTransient(error: unknown): boolean {
    return isTransient(error);
  }

  private async retry(number: number, dispatch: Dispatch): Promise<void> {
    try {
      const delivered = await this.consumer.read(number);
      if (!delivered) throw new Error(`event ${number} is not in the log`);
      await this.inOneTransaction([delivered], dispatch, async (transaction) =>
        (await this.consumer.fenceRetry(transaction, number)) ? [delivered] : [],
      );
    } catch (error) {
      if (this.isTransient(error)) throw error;
      if (error instanceof UnreadableEvent) await this.setAside(number, error);
      else await this.fail(number, error as Error);
    }
  }

  private async inOneTransaction(
    events: readonly Delivered[],
    dispatch: Dispatch,
    fence: (transaction: Transaction) => Promise<Delivered[]>,
  ): Promise<void> {
    const first = events[0]?.event;
    const options = {
      attributes: { 'skein.service': this.log.service, 'skein.events': events.length },
      parent: first?.traceparent,
      links: events.slice(1).map(({ event }) => event.traceparent),
    };
    const context =
      events.length === 1 ? { event: first!.id, org: first!.org } : { org: first!.org };
    await withLogContext(context, () =>
      inSpan(`${this.log.service} handle`, options, async () => {
        const started = performance.now();
        const { fresh, appended } = await this.log.postgres.transaction(async (transaction) => {
          const effective = await fence(transaction);
          const count =
            effective.length === 0 ? 0 : await this.effect(transaction, effective, dispatch);
          return { fresh: effective.length, appended: count };
        });
        if (appended > 0) this.log.announce();
        this.task.committed?.();
        this.metrics.handled.add(fresh);
        this.metrics.repeated.add(events.length - fresh);
        this.metrics.seconds.record((performance.now() - started) / 1_000);
      }),
    );
  }

  private async effect(
    transaction: Transaction,
    events: readonly Delivered[],
    dispatch: Dispatch,
  ): Promise<number> {
    const batch = new Batch(transaction);
    await this.task.lock?.(transaction, events);
    for (const run of runsOf(events)) await dispatch(run[0]!.event.type, run, batch);
    return this.decide(batch);
  }

  private async decide(batch: Batch): Promise<number> {
    const caused = await this.task.perform(batch);
    await this.log.append(batch.transaction, caused.map(traced));
    return caused.length;
  }
}
