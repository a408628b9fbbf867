/**
 * What became of devices. `waiting`: selected, and neither updated nor failed yet. `held`: named by a batch, and not
 * selected yet because the disruption budget has no room. A failed device that reports its document after all is updated.
 */
export interface Outcomes {
  readonly held: number;
  readonly waiting: number;
  readonly updated: number;
  readonly failed: number;
}

/** How many devices were selected. */
export function selectedOf({ waiting, updated, failed }: Outcomes): number {
  return waiting + updated + failed;
}

/** How many devices there are, with those that are not selected yet. */
export function devicesOf(outcomes: Outcomes): number {
  return selectedOf(outcomes) + outcomes.held;
}

/** Whether nothing more will happen to the devices by itself. */
export function allEnded({ held, waiting }: Outcomes): boolean {
  return held + waiting === 0;
}
