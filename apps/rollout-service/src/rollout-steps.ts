import { Injectable } from '@nestjs/common';
import {
  aborted,
  awaitedApproval,
  batchEnded,
  completed,
  dispatched,
  nextSteps,
  stoodStill,
  stopped,
  type BatchResult,
  type Step,
  type Subject,
} from '@skein/domain-rollout';
import type { NewEvent, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import { BatchSelection } from './batch-selection.js';
import type { ConcernedFleet } from './fleet-locks.js';
import { originsOf } from './rollout-starts.js';
import { Rollouts, type RunningRollout } from './rollouts.js';

/** A step of one rollout. */
interface Stepping {
  readonly transaction: Transaction;
  readonly rollout: RunningRollout;
  readonly subject: Subject;
}

type Doing = (stepping: Stepping) => Promise<NewEvent[]>;

function subjectOf(rollout: RunningRollout, origin: Origin | undefined): Subject {
  const { org, fleet, templateVersion } = rollout;
  return { org, rollout: rollout.rollout, fleet, templateVersion, ...(origin && { origin }) };
}

function resultOf({ batch, threshold, ofBatch }: RunningRollout): BatchResult {
  return { batch, threshold, outcomes: ofBatch };
}

/** The reason and message that an event gives, for the rollout's row. */
function why({ data }: NewEvent): { readonly reason: string; readonly message: string } {
  return data as { reason: string; message: string };
}

const ends = ([step]: readonly Step[]) => step === 'stop' || step === 'abort';

/** Leads running rollouts from batch to batch. */
@Injectable()
export class RolloutSteps {
  private readonly doing: Readonly<Record<Step, Doing>> = {
    announceBatch: (stepping) => this.announce(stepping, stepping.rollout.batch),
    announceNext: (stepping) => this.announce(stepping, stepping.rollout.batch + 1),
    selectDevices: ({ transaction, rollout, subject }) =>
      this.selection.perform(transaction, rollout, subject),
    completeBatch: async ({ transaction, rollout, subject }) => {
      await this.rollouts.completeBatch(transaction, rollout);
      const isNamed = rollout.strategy === 'BatchSequence';
      return isNamed ? [batchEnded(subject, resultOf(rollout))] : [];
    },
    completeRollout: async ({ transaction, rollout, subject }) => {
      const { org } = rollout;
      const ended = { org, rollout: rollout.rollout, reason: null, message: null };
      await this.rollouts.end(transaction, 'completed', [ended]);
      return [completed(subject, rollout.ofRollout)];
    },
    awaitApproval: (stepping) => this.awaitApproval(stepping, stepping.rollout.batch),
    awaitNext: (stepping) => this.awaitApproval(stepping, stepping.rollout.batch + 1),
    standStill: async ({ transaction, rollout, subject }) => {
      const event = stoodStill(subject, resultOf(rollout));
      await this.rollouts.standStill(transaction, rollout, why(event));
      return [event];
    },
    stop: async ({ transaction, rollout, subject }) => {
      const event = stopped(subject, rollout.ofRollout, rollout.errorThreshold);
      return this.end(transaction, rollout, event);
    },
    abort: async ({ transaction, rollout, subject }) => {
      const event = aborted(subject, rollout.ofRollout, rollout.abortMessage ?? '');
      return this.end(transaction, rollout, event);
    },
  };

  constructor(
    private readonly rollouts: Rollouts,
    private readonly selection: BatchSelection,
  ) {}

  /** Dispatches the current batches of the rollouts that are wanted, and those that waited for an approval which they have. */
  async begin(
    transaction: Transaction,
    fleets: readonly ConcernedFleet[],
    wants: readonly Want[],
  ): Promise<NewEvent[]> {
    if (wants.length === 0) return [];
    const wanted = new Set(wants.map(({ kind, org, uid }) => `${kind}/${org}/${uid}`));
    return this.step(transaction, fleets, (running) => {
      const { org, rollout, fleet, phase, standsStill, unapproved } = running;
      if (phase === 'dispatched') return false;
      const isApproved = standsStill && !unapproved.current && wanted.has(`fleet/${org}/${fleet}`);
      return isApproved || wanted.has(`rollout/${org}/${rollout}`);
    });
  }

  /** Ends the batches that their devices have completed, and rollouts of which too many failed or that somebody aborted. */
  advance(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<NewEvent[]> {
    return this.step(
      transaction,
      fleets,
      (rollout) => rollout.phase === 'dispatched' || ends(nextSteps(rollout, rollout)),
    );
  }

  private async step(
    transaction: Transaction,
    fleets: readonly ConcernedFleet[],
    isDue: (rollout: RunningRollout) => boolean,
  ): Promise<NewEvent[]> {
    if (fleets.length === 0) return [];
    const origins = originsOf(fleets);
    const due = (await this.rollouts.running(transaction, fleets)).filter(isDue);
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

  private async awaitApproval(
    { transaction, rollout, subject }: Stepping,
    batch: number,
  ): Promise<NewEvent[]> {
    const event = awaitedApproval(subject, { batch, threshold: rollout.threshold });
    await this.rollouts.awaitApproval(transaction, rollout, batch, why(event));
    return [event];
  }

  private async end(
    transaction: Transaction,
    { org, rollout }: RunningRollout,
    event: NewEvent,
  ): Promise<NewEvent[]> {
    await this.rollouts.end(transaction, 'stopped', [{ org, rollout, ...why(event) }]);
    return [event];
  }
}
