import { Injectable } from '@nestjs/common';
import {
  completed,
  dispatched,
  nextSteps,
  selectBatch,
  selected,
  type Step,
  type Subject,
} from '@skein/domain-rollout';
import type { NewEvent, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import type { ConcernedFleet } from './fleet-locks.js';
import { originsOf } from './rollout-starts.js';
import { Rollouts, type ActiveRollout } from './rollouts.js';
import { Targets } from './targets.js';

/** A step of one rollout. */
interface Stepping {
  readonly transaction: Transaction;
  readonly rollout: ActiveRollout;
  readonly subject: Subject;
}

type Doing = (stepping: Stepping) => Promise<NewEvent[]>;

function subjectOf(rollout: ActiveRollout, origin: Origin | undefined): Subject {
  const { org, fleet, templateVersion } = rollout;
  return { org, rollout: rollout.rollout, fleet, templateVersion, ...(origin && { origin }) };
}

/** Leads active rollouts from batch to batch. */
@Injectable()
export class RolloutSteps {
  private readonly doing: Readonly<Record<Step, Doing>> = {
    announceBatch: (stepping) => this.announce(stepping, stepping.rollout.batch),
    announceNext: (stepping) => this.announce(stepping, stepping.rollout.batch + 1),
    selectDevices: (stepping) => this.select(stepping),
    completeBatch: async ({ transaction, rollout }) => {
      await this.rollouts.mark(transaction, rollout, 'completed_at');
      return [];
    },
    completeRollout: async ({ transaction, rollout, subject }) => {
      await this.rollouts.complete(transaction, rollout);
      return [completed(subject)];
    },
  };

  constructor(
    private readonly rollouts: Rollouts,
    private readonly targets: Targets,
  ) {}

  /** Dispatches the current batches of the rollouts that are wanted. */
  async begin(
    transaction: Transaction,
    fleets: readonly ConcernedFleet[],
    wants: readonly Want[],
  ): Promise<NewEvent[]> {
    if (wants.length === 0) return [];
    const wanted = new Set(wants.map(({ org, uid }) => `${org}/${uid}`));
    return this.step(
      transaction,
      fleets,
      ({ org, rollout, phase }) => phase !== 'dispatched' && wanted.has(`${org}/${rollout}`),
    );
  }

  /** Ends the batches that their devices have completed. */
  advance(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<NewEvent[]> {
    return this.step(transaction, fleets, ({ phase }) => phase === 'dispatched');
  }

  private async step(
    transaction: Transaction,
    fleets: readonly ConcernedFleet[],
    isDue: (rollout: ActiveRollout) => boolean,
  ): Promise<NewEvent[]> {
    const origins = originsOf(fleets);
    const due = (await this.rollouts.active(transaction, fleets)).filter(isDue);
    const events: NewEvent[] = [];
    for (const rollout of due) {
      const subject = subjectOf(rollout, origins(rollout));
      for (const step of nextSteps(rollout, rollout)) {
        events.push(...(await this.doing[step]({ transaction, rollout, subject })));
      }
    }
    return events;
  }

  private async announce(
    { transaction, rollout, subject }: Stepping,
    batch: number,
  ): Promise<NewEvent[]> {
    await this.rollouts.announce(transaction, rollout, batch);
    return [dispatched(subject, batch)];
  }

  private async select({ transaction, rollout, subject }: Stepping): Promise<NewEvent[]> {
    const candidates = await this.targets.candidates(transaction, rollout);
    const devices = selectBatch(rollout.definition, candidates);
    const batch = rollout.strategy === 'Immediate' ? null : rollout.batch;
    await this.targets.select(transaction, rollout, batch, devices);
    await this.rollouts.mark(transaction, rollout, 'dispatched_at');
    return selected(subject, batch, devices);
  }
}
