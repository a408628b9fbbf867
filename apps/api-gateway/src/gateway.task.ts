/**
 * Running it twice is safe: the gateway decides nothing from what it hears, and appends only that
 * something was handled late, with that. After the commit it wakes those who wait for a document,
 * and what follows the log; who is woken for nothing looks and waits on.
 */
import { Injectable } from '@nestjs/common';
import { handledLate, type Delivered, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { originOf, type Batch, type Task } from '@skein/task';
import { GatewayView } from './gateway.view.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';
import type { DeviceKey } from './resources/waiter.js';
import { ChangeFeed } from './resources/watch/change-feed.js';

@Injectable()
export class GatewayTask implements Task {
  readonly isShown = true;
  private rendered: DeviceKey[] = [];

  constructor(
    private readonly view: GatewayView,
    private readonly waiters: RenderedWaiters,
    private readonly feed: ChangeFeed,
  ) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  perform(batch: Batch): Promise<NewEvent[]> {
    this.rendered.push(...batch.wants('device'));
    return Promise.resolve([]);
  }

  /** Those who watch were told of what came later, and have to look again. */
  handledLate(events: readonly Delivered[]): NewEvent[] {
    return events.map((delivered) => {
      const { org, subject, type } = delivered.event;
      const data = { number: delivered.sequence, type };
      return { definition: handledLate, org, subject, data, origin: originOf(delivered) };
    });
  }

  committed(): void {
    this.feed.wake();
    const rendered = this.rendered;
    this.rendered = [];
    this.waiters.wake(rendered);
  }
}
