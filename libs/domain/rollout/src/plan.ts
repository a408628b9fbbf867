import type { RolloutPolicy } from '@skein/domain-resource';
import type { BatchDefinition } from './select-batch.js';
import { thresholdOf } from './threshold.js';

export type Strategy = 'Immediate' | 'BatchSequence';

export interface PlannedBatch {
  readonly definition: BatchDefinition;
  /** Percent of the batch's devices that must succeed before the next batch. */
  readonly threshold: number;
}

/** What a rollout will do, fixed when it starts: a policy that changes meanwhile is for the next one. */
export interface Plan {
  readonly strategy: Strategy;
  /** Batch n stands at n − 1; the last one takes all the rest. */
  readonly batches: readonly PlannedBatch[];
}

const rest: PlannedBatch = { definition: {}, threshold: 100 };

/** The plan that a fleet's policy asks for. An immediate rollout has only the batch of all the rest. */
export function planOf(policy: RolloutPolicy | null): Plan {
  const sequence = policy?.deviceSelection?.sequence;
  if (!policy || !sequence) return { strategy: 'Immediate', batches: [rest] };
  const batches = sequence.map((batch) => ({
    definition: { selector: batch.selector, limit: batch.limit },
    threshold: thresholdOf(batch, policy),
  }));
  return { strategy: 'BatchSequence', batches: [...batches, rest] };
}
