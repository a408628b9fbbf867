import type { DisruptionBudget } from '@skein/domain-resource';

/** The devices of a fleet that have the same values of a budget's labels. */
export interface BudgetGroup {
  /** Devices of the group. */
  readonly size: number;
  /**
   * Those of them that are on their way: selected, and neither updated nor failed. A failed device is none: one that could
   * not be rendered still runs what it ran before; and one that was silent for its whole time-out is silent for another
   * reason than this rollout, and would block its group for ever. Thresholds are there to stop a rollout that breaks devices.
   */
  readonly unavailable: number;
}

/**
 * How many devices of a group of that size may be on their way at once: the tighter of the two limits. So many as
 * `minAvailable` stay, but at most all but one: a small group would never be updated.
 */
export function mostUnavailable(
  { minAvailable, maxUnavailable }: DisruptionBudget,
  size: number,
): number {
  const spare = minAvailable === undefined ? size : Math.max(size - minAvailable, 1);
  return Math.min(spare, maxUnavailable ?? spare);
}

/** How many more devices of a group may be selected now. */
export function roomIn(budget: DisruptionBudget | null, group: BudgetGroup): number {
  if (!budget) return group.size;
  return Math.max(0, mostUnavailable(budget, group.size) - group.unavailable);
}
