/**
 * Running it twice is safe: whether a rollout starts, a batch is dispatched or ends, and
 * whether a device is selected stands in the rows, which a first run has changed, so that
 * a second one finds nothing to do. The locks of the fleets keep two replicas from
 * deciding about one fleet side by side.
 */
import { Injectable } from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch, Task } from '@skein/task';
import { FleetLocks } from './fleet-locks.js';
import { RolloutSteps } from './rollout-steps.js';
import { RolloutStarts } from './rollout-starts.js';
import { SingleSelections } from './single-selections.js';

/** Spreads template versions over their fleets. */
@Injectable()
export class RolloutTask implements Task {
  constructor(
    private readonly locks: FleetLocks,
    private readonly starts: RolloutStarts,
    private readonly steps: RolloutSteps,
    private readonly selections: SingleSelections,
  ) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.locks.lockNamed(transaction, events);
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    const { transaction } = batch;
    const rollouts = batch.wants('rollout');
    const devices = batch.wants('device');
    const wants = [...batch.wants('fleet'), ...rollouts, ...devices];
    const fleets = await this.locks.lockWanted(transaction, wants);
    return [
      ...(await this.starts.perform(transaction, fleets)),
      ...(await this.steps.begin(transaction, fleets, rollouts)),
      ...(await this.selections.perform(transaction, devices)),
      ...(await this.steps.advance(transaction, fleets)),
    ];
  }
}
