import type { Mutation } from './mutation.js';

/** The order of locks: without it two transactions wait for each other, for a second. */
export const lockMutations: readonly Mutation[] = [
  {
    name: 'view-after-its-thing',
    safeguard: 'what is shown of a device or fleet is locked after it, as whoever deletes it does',
    file: 'apps/api-gateway/src/fold.ts',
    edits: [{ find: "${about ? 'for key share of a' : ''} for no key", replace: 'for no key' }],
    tests: { project: 'apps/api-gateway', patterns: ['src/view.integration'] },
  },
  {
    name: 'fleets-let-go',
    safeguard: 'who needs one more fleet lets go of those that are locked, and locks all in order',
    file: 'apps/rollout-service/src/fleet-locks.ts',
    edits: [{ find: "await transaction.query('rollback to savepoint fleets');", replace: '' }],
    tests: { project: 'apps/rollout-service', patterns: ['src/fleet-locks'] },
  },
  {
    name: 'fleetless-one-by-one',
    safeguard: 'devices without a fleet are changed by one transaction at a time',
    file: 'apps/rollout-service/src/fleet-locks.ts',
    edits: [
      { find: 'and (f.fleet is not null or d.owner is null)', replace: 'and f.fleet is not null' },
    ],
    tests: { project: 'apps/rollout-service', patterns: ['src/fleet-locks'] },
  },
  {
    name: 'sweep-waits-for-nobody',
    safeguard: 'the sweep of rollouts leaves out what somebody else is changing',
    file: 'apps/rollout-service/src/rollout.sweep.ts',
    edits: [{ find: 'for no key update of r skip locked', replace: 'for no key update of r' }],
    tests: { project: 'apps/rollout-service', patterns: ['src/sweep'] },
  },
  {
    name: 'timers-under-their-locks',
    safeguard: 'timers are taken away under the locks under which they are set',
    file: 'libs/task/src/timers.ts',
    edits: [{ find: 'await this.locks?.lockTimers(transaction, ready);', replace: '' }],
    tests: { project: 'libs/task', patterns: ['src/timers'] },
  },
];
