import type { Committed } from '../../processes/committer.process.js';

/**
 * For each commit, how long after its acknowledgement the listener was first woken by it: before the
 * next commit began. Commits that woke nobody are left out. Negative where the listener knew first.
 */
export function delaysOf(commits: readonly Committed[], woken: readonly number[]): number[] {
  return commits.flatMap(({ began, acknowledged }, index) => {
    const end = commits[index + 1]?.began ?? Infinity;
    const first = woken.find((at) => at >= began && at < end);
    return first === undefined ? [] : [first - acknowledged];
  });
}
