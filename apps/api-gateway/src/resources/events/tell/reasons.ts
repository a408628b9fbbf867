/** What is told instead of an event of any type that cannot be read. */
export const UNREADABLE = 'UnreadableEvent';

/** Reasons that a person should look at; the others are Normal. */
const warnings: ReadonlySet<string> = new Set([
  'DeviceDisconnected',
  'DeviceMultipleOwnersDetected',
  'DeviceSpecInvalid',
  'DeviceUpdateFailed',
  'DispatchingFrozen',
  'FleetInvalid',
  'FleetRolloutFailed',
  'FleetRolloutWaiting',
  'InternalTaskFailed',
  'InternalTaskPermanentlyFailed',
  'RepositoryInaccessible',
  UNREADABLE,
]);

export const typeOf = (reason: string): 'Normal' | 'Warning' =>
  warnings.has(reason) ? 'Warning' : 'Normal';
