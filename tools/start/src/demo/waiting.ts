import type { SimulatedDevice } from '@skein/device-simulator';
import type { Observation, ObservedDevice } from './observe.js';

const named = 20;

/** What is still waiting, and why: one line for each thing. */
export function whatIsWaiting(
  wantedVersions: number,
  observed: Observation | undefined,
  simulated: readonly SimulatedDevice[],
): string[] {
  if (!observed) return ['The gateway does not answer.'];
  const { templateVersions, fleetConditions, devices } = observed;
  const troubles = new Map(simulated.map(({ name, trouble }) => [name, trouble]));
  const late = devices.filter(({ upToDate }) => !upToDate);
  const missing = simulated.length - devices.length;
  return [
    ...(templateVersions.length < wantedVersions
      ? [`The fleet has ${templateVersions.length} of ${wantedVersions} template versions.`]
      : []),
    ...fleetConditions.map(
      ({ type, status, reason, message }) => `Fleet: ${type} is ${status} (${reason}): ${message}`,
    ),
    ...(missing > 0 ? [`${missing} devices are not registered yet.`] : []),
    ...late.slice(0, named).map((device) => lineOf(device, troubles.get(device.name))),
    ...(late.length > named ? [`… and ${late.length - named} more devices.`] : []),
  ];
}

function lineOf(device: ObservedDevice, trouble: string | undefined): string {
  const { name, fleet, templateVersion, renderedVersion, state, reason } = device;
  const why = [
    reason,
    trouble && `its last request failed: ${trouble}`,
    !fleet && 'no fleet owns it yet',
    fleet && !templateVersion && 'no rollout has selected it yet',
  ].filter(Boolean);
  const facts = `${state}, template version ${templateVersion || 'none'}, runs ${renderedVersion || 'nothing'}`;
  return `${name}: ${facts}${why.length > 0 ? `: ${why.join('; ')}` : ''}`;
}
