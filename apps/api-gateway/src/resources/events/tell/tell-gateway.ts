import {
  deviceCreated,
  deviceDeleted,
  deviceHealthReported,
  deviceLabelsUpdated,
  deviceSpecUpdated,
  deviceStatusReported,
  deviceTokenIssued,
  deviceTokenRevoked,
  fleetCreated,
  fleetDeleted,
  fleetLabelsUpdated,
  fleetRolloutPolicyUpdated,
  fleetSelectorUpdated,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryDeleted,
  repositoryLabelsUpdated,
  repositorySpecUpdated,
  repositoryWebhookUpdated,
  type DeviceStatusReported,
  type DeviceTokenChanged,
} from '@skein/events';
import { telling, type How, type Told } from './telling.js';

export const created: How<unknown> = {
  reasons: ['ResourceCreated'],
  tell: () => ({ reason: 'ResourceCreated', message: 'was created' }),
};

const deleted: How<unknown> = {
  reasons: ['ResourceDeleted'],
  tell: () => ({ reason: 'ResourceDeleted', message: 'was deleted' }),
};

const updated = (field: string, message: string): How<unknown> => ({
  reasons: ['ResourceUpdated'],
  tell: () => ({
    reason: 'ResourceUpdated',
    message,
    details: { detailType: 'ResourceUpdated', updatedFields: [field] },
  }),
});

const token = (message: string): How<DeviceTokenChanged> => ({
  reasons: ['DeviceTokenChanged'],
  tell: ({ token: id }) => ({ reason: 'DeviceTokenChanged', message: `${message}: ${id}` }),
});

const contents: Readonly<Record<string, string>> = {
  UpToDate: 'DeviceContentUpToDate',
  OutOfDate: 'DeviceContentOutOfDate',
  Updating: 'DeviceContentUpdating',
};
const OTHER_CONTENT = 'DeviceStatusReported';

function reported({ renderedVersion, updated: status }: DeviceStatusReported): Told {
  const message = `reports that it runs rendered version ${renderedVersion} and is ${status}`;
  return { reason: contents[status] ?? OTHER_CONTENT, message };
}

export const gatewayTellings = [
  telling(deviceCreated, created),
  telling(deviceLabelsUpdated, updated('labels', 'has new labels')),
  telling(deviceSpecUpdated, updated('spec', 'has a new spec')),
  telling(deviceStatusReported, {
    reasons: [...Object.values(contents), OTHER_CONTENT],
    tell: reported,
  }),
  telling(deviceHealthReported, {
    reasons: [OTHER_CONTENT],
    tell: ({ summary, applications, lifecycle }) => ({
      reason: OTHER_CONTENT,
      message: `reports that it is ${summary}, its applications ${applications}, its life cycle ${lifecycle}`,
    }),
  }),
  telling(deviceTokenIssued, token('has a new token')),
  telling(deviceTokenRevoked, token('lost a token')),
  telling(deviceDeleted, deleted),
  telling(fleetCreated, created),
  telling(fleetSelectorUpdated, updated('spec.selector', 'has a new selector')),
  telling(fleetTemplateUpdated, updated('spec.template', 'has a new template')),
  telling(fleetRolloutPolicyUpdated, updated('spec', 'has a new rollout policy')),
  telling(fleetLabelsUpdated, updated('labels', 'has new labels')),
  telling(fleetDeleted, deleted),
  telling(repositoryCreated, created),
  telling(repositorySpecUpdated, updated('spec', 'has a new spec')),
  telling(repositoryWebhookUpdated, {
    reasons: ['ResourceUpdated'],
    tell: ({ webhook }) => ({
      reason: 'ResourceUpdated',
      message: webhook === null ? 'takes no deliveries' : 'takes deliveries that know a new secret',
      details: { detailType: 'ResourceUpdated', updatedFields: ['spec'] },
    }),
  }),
  telling(repositoryLabelsUpdated, updated('labels', 'has new labels')),
  telling(repositoryDeleted, deleted),
];
