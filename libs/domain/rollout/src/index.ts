export { mostUnavailable, roomIn, type BudgetGroup } from './budget.js';
export {
  decideTarget,
  type CurrentRollout,
  type Target,
  type TargetDecision,
  type TargetedDevice,
} from './decide-target.js';
export { limitOf, type Matching } from './limit.js';
export { nextSteps, type Progress, type RolloutState, type Step } from './next-steps.js';
export { allEnded, devicesOf, selectedOf, type Outcomes } from './outcomes.js';
export {
  DEFAULT_UPDATE_TIMEOUT_MS,
  planOf,
  type Plan,
  type PlannedBatch,
  type Strategy,
} from './plan.js';
export { Preview, type PreviewedBatch, type PreviewedDevice } from './preview.js';
export {
  aborted,
  awaitedApproval,
  batchEnded,
  completed,
  dispatched,
  selected,
  started,
  stoodStill,
  stopped,
  superseded,
  timedOut,
  type BatchResult,
  type Subject,
} from './rollout-events.js';
export { selectBatch, type BatchDefinition, type Candidate } from './select-batch.js';
export { errorThresholdExceeded, thresholdOf, thresholdReached } from './threshold.js';
