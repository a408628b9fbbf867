import {
  durationMs,
  type Approval,
  type DisruptionBudget,
  type RolloutPolicy,
} from '@skein/domain-resource';
import { percentOf } from './percentage.js';
import type { BatchDefinition } from './select-batch.js';
import { thresholdOf } from './threshold.js';

export type Strategy = 'Immediate' | 'BatchSequence';

/** A day. */
export const DEFAULT_UPDATE_TIMEOUT_MS = 86_400_000;

export interface PlannedBatch {
  readonly definition: BatchDefinition;
  /** Percent of the batch's devices that must succeed before the next batch. */
  readonly threshold: number;
  /** Whether a person has to approve the batch before it begins. */
  readonly approval: Approval;
}

/** What a rollout will do, fixed when it starts: a policy that changes meanwhile is for the next one. */
export interface Plan {
  readonly strategy: Strategy;
  /** Batch n stands at n − 1; the last one takes all the rest. */
  readonly batches: readonly PlannedBatch[];
  /** How long a device may take after its selection. */
  readonly updateTimeoutMs: number;
  /** Null: any number of devices may be on their way at once. */
  readonly budget: DisruptionBudget | null;
  /** More than so many percent of failed devices stop the rollout; null: nothing does. */
  readonly errorThreshold: number | null;
}

const restOf = ({ approval = 'Automatic' }: RolloutPolicy): PlannedBatch => ({
  definition: {},
  threshold: 100,
  approval,
});

function budgetOf({ disruptionBudget }: RolloutPolicy): DisruptionBudget | null {
  const { minAvailable, maxUnavailable } = disruptionBudget ?? {};
  const limits = minAvailable !== undefined || maxUnavailable !== undefined;
  return disruptionBudget && limits ? disruptionBudget : null;
}

function limitsOf(policy: RolloutPolicy): Omit<Plan, 'strategy' | 'batches'> {
  const { defaultUpdateTimeout = '', errorThreshold = '' } = policy;
  return {
    updateTimeoutMs: durationMs(defaultUpdateTimeout) ?? DEFAULT_UPDATE_TIMEOUT_MS,
    budget: budgetOf(policy),
    errorThreshold: percentOf(errorThreshold) ?? null,
  };
}

/** The plan that a fleet's policy asks for. An immediate rollout has only the batch of all the rest. */
export function planOf(given: RolloutPolicy | null): Plan {
  const policy = given ?? {};
  const limits = limitsOf(policy);
  const sequence = policy.deviceSelection?.sequence;
  if (!sequence) return { strategy: 'Immediate', batches: [restOf(policy)], ...limits };
  const batches = sequence.map((batch) => ({
    definition: { selector: batch.selector, limit: batch.limit },
    threshold: thresholdOf(batch, policy),
    approval: batch.approval ?? policy.approval ?? 'Automatic',
  }));
  return { strategy: 'BatchSequence', batches: [...batches, restOf(policy)], ...limits };
}
