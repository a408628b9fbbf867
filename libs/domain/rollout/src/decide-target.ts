/** The template version that a device was selected for. */
export interface Target {
  readonly fleet: string;
  readonly rollout: string;
  readonly templateVersion: string;
  /** The batch that selected it; null outside of batches. */
  readonly batch: number | null;
  /** Version of the labels with which it was selected. */
  readonly labelsVersion: number;
}

export interface TargetedDevice {
  /** Created and not deleted. */
  readonly live: boolean;
  /** Uid of the owning fleet. */
  readonly owner: string | null;
  /** Version of the device's labels. */
  readonly labelsVersion: number;
  /** Version of the labels that the last match has seen. */
  readonly matchedVersion: number;
  readonly target: Target | null;
}

/** The rollout of the owner's current template version. */
export interface CurrentRollout {
  readonly fleet: string;
  readonly rollout: string;
  readonly templateVersion: string;
  /** Whether a device that comes now is selected at once: the rollout has ended, or has dispatched its last batch. */
  readonly open: boolean;
  /** The batch that such a device joins; null outside of batches. */
  readonly batch: number | null;
}

export type TargetDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'select'; readonly target: Target };

const keep: TargetDecision = { kind: 'keep' };

function joins(current: Target | null, rollout: CurrentRollout): boolean {
  return rollout.open && current?.templateVersion !== rollout.templateVersion;
}

/** The target that a device gets now; undefined when it stays as it is. */
function newTarget(
  labelsVersion: number,
  current: Target | null,
  rollout: CurrentRollout,
): Target | undefined {
  if (joins(current, rollout)) {
    const { fleet, templateVersion, batch } = rollout;
    return { fleet, rollout: rollout.rollout, templateVersion, batch, labelsVersion };
  }
  // The document depends on the labels: it is rendered again for the version that the device has.
  const relabelled = current !== null && current.labelsVersion < labelsVersion;
  return relabelled ? { ...current, labelsVersion } : undefined;
}

function isMatched({ live, labelsVersion, matchedVersion }: TargetedDevice): boolean {
  return live && matchedVersion >= labelsVersion;
}

/**
 * Which template version a device is to run, on its own, outside of a batch's selection.
 * A device whose labels are newer than its match waits for the match: it could belong to
 * another fleet.
 */
export function decideTarget(
  device: TargetedDevice,
  rollout: CurrentRollout | null,
): TargetDecision {
  const { target: old, owner, matchedVersion } = device;
  const current = old?.fleet === owner ? old : null;
  const target =
    rollout && isMatched(device) ? newTarget(matchedVersion, current, rollout) : undefined;
  if (target) return { kind: 'select', target };
  return old && !current ? { kind: 'clear' } : keep;
}
