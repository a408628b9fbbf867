export {
  decideTarget,
  type CurrentRollout,
  type Target,
  type TargetDecision,
  type TargetedDevice,
} from './decide-target.js';
export { limitOf, type Matching } from './limit.js';
export { nextSteps, type Progress, type RolloutState, type Step } from './next-steps.js';
export { planOf, type Plan, type PlannedBatch, type Strategy } from './plan.js';
export {
  completed,
  dispatched,
  selected,
  started,
  superseded,
  type Subject,
} from './rollout-events.js';
export { selectBatch, type BatchDefinition, type Candidate } from './select-batch.js';
export { thresholdOf, thresholdReached } from './threshold.js';
