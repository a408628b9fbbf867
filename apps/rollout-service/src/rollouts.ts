import { Injectable } from '@nestjs/common';
import type { BatchDefinition, Plan, Progress, RolloutState, Subject } from '@skein/domain-rollout';
import type { RolloutPolicy } from '@skein/domain-resource';
import type { Transaction } from '@skein/postgres';
import type { ConcernedFleet } from './fleet-locks.js';
import {
  ANNOUNCE,
  AWAIT_APPROVAL,
  END,
  OUTDATED,
  PLAN,
  RUNNING,
  STAND_STILL,
  START,
} from './rollout-statements.js';

/** A fleet whose latest rollout is not what it should be. */
export interface OutdatedFleet {
  readonly org: string;
  readonly fleet: string;
  readonly deleted: boolean;
  readonly policy: RolloutPolicy | null;
  /** The one that it is to have. */
  readonly templateVersion: string;
  /** Whether somebody asked for the rollout. */
  readonly requested: boolean;
  /** Whether it was asked for without batches. */
  readonly immediate: boolean;
  /** The running rollout that has to end. */
  readonly running: string | null;
  readonly runningVersion: string | null;
}

/** A running rollout with its current batch. */
export interface RunningRollout extends RolloutState, Progress, Omit<Subject, 'origin'> {
  readonly definition: BatchDefinition;
  /** Whether a disruption budget says how many devices may be on their way. */
  readonly budgeted: boolean;
  /** Who ended it and why; null while nobody has. */
  readonly abortMessage: string | null;
  /** The most devices that the current batch takes; null: all the rest, or not counted yet. */
  readonly quota: number | null;
  /** How many it has taken. */
  readonly taken: number;
  /** The last device that was looked at for it; null before it begins. */
  readonly cursor: string | null;
}

/** A rollout that begins. */
export interface NewRollout extends Omit<Subject, 'origin'> {
  readonly plan: Plan;
}

/** A rollout that ends. */
interface Ended {
  readonly org: string;
  readonly rollout: string;
  readonly reason: string | null;
  readonly message: string | null;
}

function keysOf(fleets: readonly ConcernedFleet[]): unknown[] {
  return [fleets.map(({ org }) => org), fleets.map(({ fleet }) => fleet)];
}

/** The rollouts and their batches: history stays. */
@Injectable()
export class Rollouts {
  /** Of these fleets, those that have a newer template version than their rollout, or are deleted and still have one. */
  outdated(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<OutdatedFleet[]> {
    return transaction.query<OutdatedFleet>(OUTDATED, keysOf(fleets));
  }

  /** The running rollouts of these fleets. */
  running(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<RunningRollout[]> {
    return transaction.query<RunningRollout>(RUNNING, keysOf(fleets));
  }

  async start(transaction: Transaction, rollouts: readonly NewRollout[]): Promise<void> {
    if (rollouts.length === 0) return;
    await transaction.query(START, [
      rollouts.map(({ org }) => org),
      rollouts.map(({ rollout }) => rollout),
      rollouts.map(({ fleet }) => fleet),
      rollouts.map(({ templateVersion }) => templateVersion),
      rollouts.map(({ plan }) => plan.strategy),
      rollouts.map(({ plan }) => plan.batches.length),
      rollouts.map(({ plan }) => plan.updateTimeoutMs),
      rollouts.map(({ plan }) => plan.budget && JSON.stringify(plan.budget)),
      rollouts.map(({ plan }) => plan.errorThreshold),
    ]);
    const batches = rollouts.flatMap(({ org, rollout, plan }) =>
      plan.batches.map((planned, index) => ({ org, rollout, batch: index + 1, ...planned })),
    );
    await transaction.query(PLAN, [
      batches.map(({ org }) => org),
      batches.map(({ rollout }) => rollout),
      batches.map(({ batch }) => batch),
      batches.map(({ definition }) => JSON.stringify(definition)),
      batches.map(({ threshold }) => threshold),
      batches.map(({ approval }) => approval),
    ]);
  }

  /** Makes a batch the current one; whatever the rollout waited for is over. */
  async announce(
    transaction: Transaction,
    { org, rollout }: Pick<RunningRollout, 'org' | 'rollout'>,
    batch: number,
  ): Promise<void> {
    await transaction.query(ANNOUNCE, [org, rollout, batch]);
  }

  async completeBatch(
    transaction: Transaction,
    { org, rollout, batch }: RunningRollout,
  ): Promise<void> {
    await transaction.query(
      'update rollout.batches set completed_at = now() where org = $1 and rollout = $2 and batch = $3',
      [org, rollout, batch],
    );
  }

  /** Notes that nothing moves the rollout on by itself, and why. */
  async standStill(
    transaction: Transaction,
    { org, rollout }: RunningRollout,
    { reason, message }: { readonly reason: string; readonly message: string },
  ): Promise<void> {
    await transaction.query(STAND_STILL, [org, rollout, reason, message]);
  }

  /** Makes a batch the current one, which a person has to approve before it begins. */
  async awaitApproval(
    transaction: Transaction,
    { org, rollout }: RunningRollout,
    batch: number,
    { reason, message }: { readonly reason: string; readonly message: string },
  ): Promise<void> {
    await transaction.query(AWAIT_APPROVAL, [org, rollout, batch, reason, message]);
  }

  async end(
    transaction: Transaction,
    state: 'completed' | 'superseded' | 'stopped',
    ended: readonly Ended[],
  ): Promise<void> {
    if (ended.length === 0) return;
    await transaction.query(END, [
      ended.map(({ org }) => org),
      ended.map(({ rollout }) => rollout),
      state,
      ended.map(({ reason }) => reason),
      ended.map(({ message }) => message),
    ]);
  }
}
