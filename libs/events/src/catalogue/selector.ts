import { define } from '../define.js';

export interface MatchedDevice {
  readonly device: string;
  /** Uid of the owning fleet. */
  readonly owner: string | null;
  /** Version of the device's last label change that this match has seen. */
  readonly labelsVersion: number;
  /** Names of the fleets that match, sorted, when there are two or more. */
  readonly multipleOwners: readonly string[];
}
/** The answer to every change of labels, also when the owner stays the same; the subject is the organisation. */
export interface DevicesMatched {
  readonly members: readonly MatchedDevice[];
}
export const devicesMatched = define<DevicesMatched>(
  'Matching',
  'skein.matching.devices-matched.v1',
  ['members'],
);
