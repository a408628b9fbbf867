/**
 * Running it twice is safe: the gateway decides nothing from what it hears and appends
 * nothing. After the commit it wakes those who wait for a document, and a waiter that
 * is woken for nothing looks and waits on.
 */
import { Injectable } from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch, Task } from '@skein/task';
import { GatewayView } from './gateway.view.js';
import { RenderedWaiters, type DeviceKey } from './resources/rendered-waiters.js';

@Injectable()
export class GatewayTask implements Task {
  readonly isShown = true;
  private rendered: DeviceKey[] = [];

  constructor(
    private readonly view: GatewayView,
    private readonly waiters: RenderedWaiters,
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

  committed(): void {
    const rendered = this.rendered;
    this.rendered = [];
    this.waiters.wake(rendered);
  }
}
