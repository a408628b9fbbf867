import { cacheMutations } from './cache-mutations.js';
import { handlingMutations } from './handling-mutations.js';
import { lockMutations } from './lock-mutations.js';
import { logMutations } from './log-mutations.js';
import type { Mutation } from './mutation.js';
import { renderMutations } from './render-mutations.js';
import { rolloutMutations } from './rollout-mutations.js';
import { streamMutations } from './stream-mutations.js';

/** Every safeguard that a test must miss. */
export const mutations: readonly Mutation[] = [
  ...logMutations,
  ...streamMutations,
  ...handlingMutations,
  ...cacheMutations,
  ...renderMutations,
  ...rolloutMutations,
  ...lockMutations,
];
