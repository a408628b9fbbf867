import {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  devicesTimedOut,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
  type BatchCompleted,
  type RolloutCompleted,
  type RolloutSuperseded,
} from '@skein/events';
import { devices, telling, type How, type Scene, type Told } from './telling.js';

interface OfRollout {
  readonly fleet: string;
  readonly templateVersion: string;
}

type TellVersion<Data> = (data: Data, version: string, scene: Scene) => Told;

/** An event of a rollout is about its fleet; `version` is the name of the template version. */
function aboutFleet<Data extends OfRollout>(reason: string, tell: TellVersion<Data>): How<Data> {
  return {
    reasons: [reason],
    tell: (data, scene) => ({
      about: { kind: 'Fleet', uid: data.fleet },
      ...tell(data, scene.name(data.templateVersion), scene),
    }),
  };
}

/** What the reference has as the details of nearly all of them. */
const about = (detailType: string, templateVersion: string, more: object = {}) => ({
  reason: detailType,
  details: { detailType, templateVersion, ...more },
});

const inBatch = (batch: number | null): string => (batch === null ? '' : ` in batch ${batch}`);

/** Seconds as people say them; exact. */
function duration(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function completedBatch(data: BatchCompleted, version: string): Told {
  const { batch, devices: total, updated, failed, threshold } = data;
  const percent = total === 0 ? 100 : Math.floor((100 * updated) / total);
  return {
    ...about('FleetRolloutBatchCompleted', version, {
      batch: String(batch),
      successPercentage: percent,
      total,
      successful: updated,
      failed,
      // Skein counts a device that was too late as a failed one.
      timedOut: 0,
    }),
    message: `completed batch ${batch} of template version ${version}: ${updated} of ${devices(total)} are updated, ${failed} failed, and ${threshold} % had to be updated`,
  };
}

function completed({ devices: total, updated, failed }: RolloutCompleted, version: string): Told {
  const counts =
    total === undefined ? '' : `: ${updated} of ${devices(total)} are updated, ${failed} failed`;
  const message = `rolled out template version ${version}${counts}`;
  return { ...about('FleetRolloutCompleted', version), message };
}

const ends: Readonly<Record<RolloutSuperseded['reason'], string>> = {
  NewTemplateVersion: 'a newer one takes its place',
  Requested: 'another one was asked for',
  FleetDeleted: 'the fleet was deleted',
};

const selected = (fleetName: string, templateVersion: string) =>
  about('FleetRolloutDeviceSelected', templateVersion, { fleetName });

export const rolloutTellings = [
  telling(
    rolloutStarted,
    aboutFleet('FleetRolloutStarted', ({ strategy }, version) => ({
      ...about('FleetRolloutStarted', version, {
        rolloutStrategy: strategy === 'Immediate' ? 'None' : 'Batched',
      }),
      message: `rolls out template version ${version}`,
    })),
  ),
  telling(
    batchDispatched,
    aboutFleet('FleetRolloutBatchDispatched', ({ batch }, version) => ({
      ...about('FleetRolloutBatchDispatched', version, { batch: String(batch) }),
      message: `dispatched batch ${batch} of template version ${version}`,
    })),
  ),
  telling(devicesSelected, {
    ...aboutFleet('FleetRolloutDeviceSelected', ({ fleet, batch }, version, { name, count }) => ({
      ...selected(name(fleet), version),
      message: `selected ${devices(count)} for template version ${version}${inBatch(batch)}`,
    })),
    device: {
      reasons: ['FleetRolloutDeviceSelected'],
      tell: (_member, { fleet, templateVersion, batch }, { name }) => ({
        ...selected(name(fleet), name(templateVersion)),
        message: `was selected for template version ${name(templateVersion)} of Fleet ${name(fleet)}${inBatch(batch)}`,
      }),
    },
  }),
  telling(devicesTimedOut, {
    ...aboutFleet('DeviceUpdateFailed', ({ timeoutSeconds }, version, { count }) => ({
      reason: 'DeviceUpdateFailed',
      message: `rolls out template version ${version}, and ${devices(count)} did not report it within ${duration(timeoutSeconds)}`,
    })),
    device: {
      reasons: ['DeviceUpdateFailed'],
      tell: ({ batch }, { fleet, templateVersion, timeoutSeconds }, { name }) => ({
        reason: 'DeviceUpdateFailed',
        message: `did not report template version ${name(templateVersion)} of Fleet ${name(fleet)} within ${duration(timeoutSeconds)} after its selection${inBatch(batch)}`,
      }),
    },
  }),
  telling(batchCompleted, aboutFleet('FleetRolloutBatchCompleted', completedBatch)),
  telling(
    rolloutWaiting,
    aboutFleet('FleetRolloutWaiting', ({ message }, version) => ({
      reason: 'FleetRolloutWaiting',
      message: `waits with the rollout of template version ${version}: ${message}`,
    })),
  ),
  telling(
    rolloutStopped,
    aboutFleet('FleetRolloutFailed', ({ message }, version) => ({
      ...about('FleetRolloutFailed', version),
      message: `stopped the rollout of template version ${version}: ${message}`,
    })),
  ),
  telling(rolloutCompleted, aboutFleet('FleetRolloutCompleted', completed)),
  telling(
    rolloutSuperseded,
    aboutFleet('FleetRolloutSuperseded', ({ reason }, version) => ({
      reason: 'FleetRolloutSuperseded',
      message: `ended the rollout of template version ${version}: ${ends[reason] ?? reason}`,
    })),
  ),
];
