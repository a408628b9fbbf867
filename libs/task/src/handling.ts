import type { EventLog } from '@skein/event-log';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Dispatch } from '@skein/stream';
import { currentTraceparent, inSpan, withLogContext } from '@skein/telemetry';
import { Batch } from './batch.js';
import type { handlingMetrics } from './handling-metrics.js';
import { runsOf } from './runs.js';
import type { Task } from './task.js';

/** What takes effect in a transaction: answers which of the delivered events are not done. */
export type Fence = (transaction: Transaction) => Promise<Delivered[]>;
/** Lets events take effect in a transaction; answers how many events that appended. */
export type Effect = (
  transaction: Transaction,
  events: readonly Delivered[],
  dispatch: Dispatch,
) => Promise<number>;

function traced(event: NewEvent): NewEvent {
  const traceparent = currentTraceparent();
  return traceparent ? { ...event, origin: { ...event.origin, traceparent } } : event;
}

/** One transaction of handling: fence, fold, decide, append, commit. */
export class Handling {
  constructor(
    private readonly log: EventLog,
    private readonly task: Task,
    private readonly metrics: ReturnType<typeof handlingMetrics>,
  ) {}

  async run(
    events: readonly Delivered[],
    dispatch: Dispatch,
    fence: Fence,
    effect: Effect = this.effect.bind(this),
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
          const count = effective.length === 0 ? 0 : await effect(transaction, effective, dispatch);
          // What a crash takes back is missing where the checkpoint wants to pass, and handled again.
          if (count === 0 && !this.task.isShown) transaction.commitAsynchronously();
          return { fresh: effective.length, appended: count };
        });
        this.committed(appended);
        this.metrics.handled.add(fresh);
        this.metrics.repeated.add(events.length - fresh);
        this.metrics.seconds.record((performance.now() - started) / 1_000);
      }),
    );
  }

  /** Runs a sweep: what it wants is decided, saved and appended in one transaction. */
  async sweep(find: (batch: Batch) => Promise<void>): Promise<number> {
    const appended = await this.log.postgres.transaction(async (transaction) => {
      const batch = new Batch(transaction);
      await find(batch);
      return batch.isEmpty ? 0 : this.decide(batch);
    });
    this.committed(appended);
    return appended;
  }

  async effect(
    transaction: Transaction,
    events: readonly Delivered[],
    dispatch: Dispatch,
  ): Promise<number> {
    const batch = new Batch(transaction);
    await this.fold(batch, events, dispatch);
    return this.decide(batch);
  }

  /** The same for what others have passed. */
  async lateEffect(
    transaction: Transaction,
    events: readonly Delivered[],
    dispatch: Dispatch,
  ): Promise<number> {
    const batch = new Batch(transaction);
    await this.fold(batch, events, dispatch);
    return this.decide(batch, this.task.handledLate?.(events));
  }

  private async fold(batch: Batch, events: readonly Delivered[], dispatch: Dispatch) {
    await this.task.lock?.(batch.transaction, events);
    for (const run of runsOf(events)) await dispatch(run[0]!.event.type, run, batch);
  }

  private async decide(batch: Batch, late: readonly NewEvent[] = []): Promise<number> {
    const caused = [...(await this.task.perform(batch)), ...late];
    await this.log.append(batch.transaction, caused.map(traced));
    return caused.length;
  }

  private committed(appended: number): void {
    if (appended > 0) this.log.announce();
    this.task.committed?.();
  }
}
