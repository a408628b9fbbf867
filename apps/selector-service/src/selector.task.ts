/**
 * Running it twice is safe: owners are decided from the labels and selectors that the
 * view holds, not from what an event said, so a second run saves nothing new and at most
 * says the same answer again. The lock of the organisation lets no two replicas decide
 * side by side, each without the other's rows.
 */
import { Injectable } from '@nestjs/common';
import { devicesMatched, type Delivered, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch, Task, Want } from '@skein/task';
import { answersFor, portions } from './answers.js';
import { SelectorView, type KnownDevice } from './selector.view.js';

/** Decides which fleet owns which devices. */
@Injectable()
export class SelectorTask implements Task {
  constructor(private readonly view: SelectorView) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    const wants = [...batch.wants('fleet'), ...batch.wants('device')];
    const organisations = Map.groupBy(wants, ({ org }) => org);
    // A sweep has no events that would have locked.
    await this.view.lock(batch.transaction, [...organisations.keys()]);
    const events: NewEvent[] = [];
    for (const wanted of organisations.values()) {
      events.push(...(await this.match(batch.transaction, wanted)));
    }
    return events;
  }

  private async match(transaction: Transaction, wants: readonly Want[]): Promise<NewEvent[]> {
    const { org, origin } = wants[0]!;
    const devices = new Set(wants.filter(({ kind }) => kind === 'device').map(({ uid }) => uid));
    const fleets = await this.view.fleets(transaction, org);
    const events: NewEvent[] = [];
    for await (const page of this.pages(transaction, wants, devices)) {
      const answers = answersFor(page, fleets, devices);
      await this.view.save(transaction, org, answers);
      for (const members of portions(answers)) {
        events.push({ definition: devicesMatched, org, subject: org, data: { members }, origin });
      }
    }
    return events;
  }

  /** A change of a fleet can move any device of its organisation. */
  private async *pages(
    transaction: Transaction,
    wants: readonly Want[],
    devices: ReadonlySet<string>,
  ): AsyncGenerator<KnownDevice[]> {
    const { org } = wants[0]!;
    if (wants.some(({ kind }) => kind === 'fleet')) yield* this.view.allDevices(transaction, org);
    else yield await this.view.devices(transaction, org, devices);
  }
}
