/**
 * Running it twice is safe: whether a rollout starts, a batch is dispatched or ends, and
 * whether a device is selected stands in the rows, which a first run has changed, so that
 * a second one finds nothing to do. The locks of the fleets keep two replicas from
 * deciding about one fleet side by side.
 */
import { Injectable } from '@nestjs/common';
import { devicesSelected, type Delivered, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch, Task } from '@skein/task';
import { FleetLocks } from './fleet-locks.js';
import { HeldDevices } from './held-devices.js';
import { Retries } from './retries.js';
import { RolloutSteps } from './rollout-steps.js';
import { RolloutStarts } from './rollout-starts.js';
import { SelectionSignal } from './selection-signal.js';
import { SingleSelections } from './single-selections.js';
import { TimeOuts } from './time-outs.js';

/** What leads rollouts on, in the order in which it is done. */
@Injectable()
export class RolloutParts {
  constructor(
    readonly starts: RolloutStarts,
    readonly steps: RolloutSteps,
    readonly selections: SingleSelections,
    readonly held: HeldDevices,
    readonly timeOuts: TimeOuts,
    readonly retries: Retries,
  ) {}
}

/** Spreads template versions over their fleets. */
@Injectable()
export class RolloutTask implements Task {
  constructor(
    private readonly locks: FleetLocks,
    private readonly parts: RolloutParts,
    private readonly signal: SelectionSignal,
  ) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.locks.lockNamed(transaction, events);
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    const { transaction } = batch;
    const { starts, steps, selections, held, timeOuts, retries } = this.parts;
    const [fleetWants, rollouts] = [batch.wants('fleet'), batch.wants('rollout')];
    const devices = batch.wants('device');
    const wants = [...fleetWants, ...rollouts, ...devices];
    const fleets = await this.locks.lockWanted(transaction, wants);
    const events = [
      ...(wants.length > 0 ? await starts.perform(transaction, fleets) : []),
      ...(await timeOuts.perform(transaction, fleetWants)),
      ...(await selections.perform(transaction, devices, fleets)),
      ...(await steps.begin(transaction, fleets, [...fleetWants, ...rollouts])),
      ...(rollouts.length > 0 ? await retries.perform(transaction, fleets) : []),
      ...(await held.release(transaction, fleets)),
    ];
    if (fleetWants.length > 0) await held.resumed(transaction, fleets);
    const selects = events.some(({ definition }) => definition === devicesSelected);
    if (selects) await timeOuts.setNext(transaction, fleets);
    events.push(...(await steps.advance(transaction, fleets)));
    if (events.length + rollouts.length > 0) this.signal.note();
    return events;
  }

  committed(): void {
    this.signal.committed();
  }
}
