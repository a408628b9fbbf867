import type { Mutation } from './mutation.js';

const domain = (...patterns: string[]) => ({ project: 'libs/domain/rollout', patterns });
const service = (...patterns: string[]) => ({ project: 'apps/rollout-service', patterns });

/** Rollouts: budgets, thresholds, time-outs. */
export const rolloutMutations: readonly Mutation[] = [
  {
    name: 'budget-room',
    safeguard: 'no more devices of a group are selected than its disruption budget has room for',
    file: 'libs/domain/rollout/src/budget.ts',
    edits: [
      {
        find: 'return Math.max(0, mostUnavailable(budget, group.size) - group.unavailable);',
        replace: 'return group.size;',
      },
    ],
    tests: domain('src/budget'),
  },
  {
    name: 'batch-threshold',
    safeguard: 'no batch begins before the threshold of the one before it',
    file: 'libs/domain/rollout/src/threshold.ts',
    edits: [
      {
        find: 'return succeeded * 100 >= percent * devices;',
        replace: 'return succeeded * 100 >= 0 * percent * devices;',
      },
    ],
    tests: domain('src/threshold', 'src/next-steps'),
  },
  {
    name: 'held-devices-count',
    safeguard: 'devices that the budget holds back are devices of their batch',
    file: 'libs/domain/rollout/src/outcomes.ts',
    edits: [
      {
        find: 'return selectedOf(outcomes) + outcomes.held;',
        replace: 'return selectedOf(outcomes);',
      },
    ],
    tests: domain('src/next-steps'),
  },
  {
    name: 'selection-awaits-its-document',
    safeguard: 'a device that is selected again is not updated before that is rendered',
    file: 'apps/rollout-service/src/targets.ts',
    edits: [
      {
        find: 'awaiting = true, timed_out_at = null,',
        replace: 'awaiting = false, timed_out_at = null,',
      },
    ],
    tests: service('src/outcomes', 'src/budget.'),
  },
  {
    name: 'time-out-when-it-was-due',
    safeguard: 'a device times out only when all that was said until then is handled',
    file: 'apps/rollout-service/src/time-outs.ts',
    edits: [{ find: 'd.due_at <= f.timer_due', replace: 'd.due_at <= now()' }],
    tests: service('src/time-outs'),
  },
];
