/**
 * Running it twice is safe: a device is rendered only while its row, locked, asks for it, and
 * what was fetched first is saved only while the row still asks for just that. Who comes second
 * finds nothing left to save; equal documents are one anyway.
 */
import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { Wants, type Batch, type Task } from '@skein/task';
import { PendingDevices } from './pending-devices.js';
import { RenderLoops } from './render-loops.js';
import { RenderView } from './render.view.js';

/** What is folded says which devices are to be rendered; the loops render them after the commit. */
@Injectable()
export class RenderTask implements Task, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly wants = new Wants('render');

  constructor(
    private readonly view: RenderView,
    private readonly devices: PendingDevices,
    private readonly loops: RenderLoops,
  ) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  /** Only the sweep wants something here. */
  async perform(batch: Batch): Promise<NewEvent[]> {
    const wanted = await this.devices.among(batch.transaction, batch.wants('device'));
    await this.wants.put(batch.transaction, wanted);
    return [];
  }

  committed(): void {
    this.loops.wake();
  }

  onApplicationBootstrap(): void {
    this.loops.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loops.stop();
  }
}
