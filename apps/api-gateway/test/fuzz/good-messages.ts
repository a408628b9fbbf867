import type { DescMethod } from '@bufbuild/protobuf';
import { writeMessage } from '@skein/api';
import { device, fleet, repository } from '../manifests.js';
import type { GivenRollout } from '../rollout-rows.js';
import type { FuzzStage } from './stage.js';

const made = { Device: device, Fleet: fleet, Repository: repository };
const rollout = { name: '@rollout' };

/** What methods take that do not write resources; `@` is something that the gateway said before. */
const requests: Readonly<Record<string, object>> = {
  ReportDeviceStatus: { name: 'd0', status: { config: { renderedVersion: '1' } } },
  RevokeDeviceToken: { device: 'd1', name: '@token' },
  SetRepositoryWebhook: { name: 'r0', secret: 'a secret of 32 characters or more' },
  ListLabels: { kind: 'Device' },
  GetTemplateVersion: { fleet: 'f0', name: 'v1' },
  ListTemplateVersions: { fleet: 'f0' },
  GetRollout: rollout,
  ListRolloutDevices: rollout,
  PauseRollout: rollout,
  ResumeRollout: rollout,
  ApproveRollout: { ...rollout, batch: '2' },
  AbortRollout: rollout,
  RetryRollout: rollout,
  DryRunRollout: { name: 'f0' },
};

/** How the rollout must be for some methods. */
export const rollouts: Readonly<Record<string, Partial<GivenRollout>>> = {
  ResumeRollout: { paused: true, state: 'waiting', reason: 'Paused' },
  RetryRollout: { failed: 1 },
};

function requestOf(name: string, fresh: () => string): object {
  const [, verb, kind] =
    /^(Create|Replace|Update|Delete)(Device|Fleet|Repository)$/.exec(name) ?? [];
  if (!verb) return requests[name] ?? {};
  const field = kind!.toLowerCase();
  if (verb === 'Delete') return { name: `${field[0]}2` };
  const resource = made[kind as keyof typeof made](verb === 'Create' ? fresh() : `${field[0]}0`);
  if (verb !== 'Update') return { [field]: resource };
  Object.assign(resource.metadata, { labels: { [fresh()]: 'a' } });
  return { [field]: resource, updateMask: ['metadata.labels'] };
}

/**
 * A message that the method takes. What is written after it adds to it, or takes the place of what it says: that is how
 * protobuf reads two messages in a row.
 */
export function goodMessage(
  { input, name }: DescMethod,
  { fresh, resolve }: Pick<FuzzStage, 'fresh' | 'resolve'>,
): Uint8Array {
  const request = JSON.stringify(requestOf(name, fresh));
  return writeMessage(input, JSON.parse(resolve(request)) as object);
}
