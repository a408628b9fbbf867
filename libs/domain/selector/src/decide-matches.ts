import type { Labels } from '@skein/domain-resource';
import type { FleetIndex, SelectingFleet } from './fleet-index.js';

export interface LabelledDevice {
  /** The device's uid. */
  device: string;
  labels: Labels;
  labelsVersion: number;
  /** Uid of the fleet that owns the device now. */
  owner: string | null;
}

export interface DeviceMatch {
  device: string;
  owner: string | null;
  /** Version of the labels that this decision saw. */
  labelsVersion: number;
  /** Sorted names of the matching fleets if there are two or more, else empty. */
  multipleOwners: string[];
  /** Whether the owner is another one than before. */
  changed: boolean;
}

function match(
  { device, labelsVersion, owner: current }: LabelledDevice,
  matching: readonly SelectingFleet[],
  lives: boolean,
): DeviceMatch {
  const several = matching.length > 1;
  const kept = lives ? current : null;
  const owner = several ? kept : (matching[0]?.fleet ?? null);
  const multipleOwners = several ? matching.map(({ name }) => name).sort() : [];
  return { device, owner, labelsVersion, multipleOwners, changed: owner !== current };
}

/**
 * Which fleet owns each device. No matching fleet clears the owner, one sets
 * it; with several the present owner stays as long as that fleet exists, and
 * the matching fleets are named. `fleets` must hold all fleets of the
 * organisation; the answer is in the order of the devices.
 */
export function decideMatches(
  devices: readonly LabelledDevice[],
  fleets: FleetIndex,
): DeviceMatch[] {
  return devices.map((device) => {
    const lives = device.owner !== null && fleets.has(device.owner);
    return match(device, fleets.matching(device.labels), lives);
  });
}
