/**
 * How Skein's API differs from Flight Control's: the one list, of which `docs/flightctl.md` gives the reasons. Anything else
 * that a test of the gateway sees at its door fails it, and so does an entry here that no test needs.
 */
import { unbuilt } from './unbuilt.js';

const text = { type: 'string' };

const operations = [
  'GET /devices/{name}/tokens',
  'POST /devices/{name}/tokens',
  'DELETE /devices/{name}/tokens/{id}',
  'GET /dispatching',
  'PUT /dispatching',
  'GET /fleets/{name}/rollouts',
  'POST /fleets/{name}/rollouts',
  'POST /fleets/{name}/rollouts/dry-run',
  'GET /rollouts',
  'GET /rollouts/{uid}',
  'GET /rollouts/{uid}/devices',
  'POST /rollouts/{uid}/{action}',
  'PUT /repositories/{name}/webhook',
  'DELETE /repositories/{name}/webhook',
  'POST /repositories/{name}/webhook',
  'GET /system/streams',
  'GET /system/kv',
  'GET /system/dead-letters',
  'GET /system/dead-letters/{service}/{number}',
  'DELETE /system/dead-letters',
  'DELETE /system/dead-letters/{service}/{number}',
  'POST /system/dead-letters/retry',
  'POST /system/dead-letters/{service}/{number}/retry',
  'GET /system/parked',
  'GET /system/parked/{service}/{number}',
  'DELETE /system/parked',
  'DELETE /system/parked/{service}/{number}',
  'POST /system/parked/retry',
  'POST /system/parked/{service}/{number}/retry',
];

const parameters = {
  watch: { on: ['GET'], schema: { type: 'boolean' } },
  resourceVersion: { on: ['GET'], schema: text },
  dryRun: { on: ['POST', 'PUT', 'PATCH', 'DELETE'], schema: { enum: ['All'] } },
};

const statuses = {
  304: ['GET'],
  401: ['POST /auth/{providername}/token'],
  404: ['GET /fleets/{fleet}/templateversions'],
  406: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  409: [
    'DELETE /repositories/{name}',
    'PATCH /devices/{name}/status',
    'PATCH /fleets/{name}/status',
  ],
  410: ['GET'],
  412: ['PUT', 'PATCH', 'DELETE'],
  413: ['POST', 'PUT', 'PATCH'],
  414: ['GET'],
  415: ['POST', 'PUT', 'PATCH'],
  422: ['POST'],
  431: ['GET'],
  // The parameter cveId.
  501: ['GET /devices'],
};

const requestTypes = { 'application/merge-patch+json': { type: 'object' } };

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'reason', 'requestId'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    reason: text,
    requestId: text,
  },
};

const difference = {
  type: 'array',
  items: {
    type: 'object',
    required: ['op', 'path'],
    properties: { op: { enum: ['add', 'replace', 'remove'] }, path: text, value: {} },
    additionalProperties: false,
  },
};

const responseTypes = {
  // Bytes that come as things change: the specs of watches look into them.
  'text/event-stream': {},
  'application/problem+json': problem,
  'application/json-patch+json': difference,
};

/** Reasons of events: those of `docs/events.md` that Flight Control has not. */
export const ownReasons = [
  'DeviceMatched',
  'DeviceRendered',
  'DeviceStatusReported',
  'DeviceTokenChanged',
  'DispatchingFrozen',
  'FleetRolloutApproved',
  'FleetRolloutRequested',
  'FleetRolloutSuperseded',
  'FleetRolloutWaiting',
  'FleetTemplateVersionCreated',
  'InternalTaskHandledLate',
  'ReferencedSecretUpdated',
  'RepositoryPushReported',
];

/** Further reasons of the same events, which the samples of these do not have. */
const otherReasons = [
  'DispatchingResumed',
  'FleetRolloutAbortRequested',
  'FleetRolloutPauseRequested',
  'FleetRolloutResumeRequested',
  'FleetRolloutRetryRequested',
];

const approval = { enum: ['Automatic', 'Manual'] };

const members = {
  'Event.reason': { enum: [...ownReasons, ...otherReasons, 'UnreadableEvent'] },
  'ListMeta.resourceVersion': text,
  'Batch.approval': approval,
  'RolloutPolicy.approval': approval,
  'RolloutPolicy.errorThreshold': text,
  'RolloutPolicy.defaultUpdateTimeout': { type: 'string', pattern: '^(\\d+h)?(\\d+m)?(\\d+s)?$' },
};

/** What a device does not say is shown as unknown. */
const optional = ['DeviceStatus'];

/** What agents are answered beyond their own document, which has fewer codes than the other one. */
const agentStatuses = {
  400: ['GET /devices/{name}/rendered'],
  403: ['GET /devices/{name}/rendered', 'PUT /devices/{name}/status'],
};

export const extensions = {
  operations,
  unbuilt,
  parameters,
  statuses,
  requestTypes,
  responseTypes,
  members,
  optional,
};

/** How Skein's API differs from the document of Flight Control's agent: no operation is added to that. */
export const agentExtensions = {
  ...extensions,
  operations: [],
  statuses: { ...extensions.statuses, ...agentStatuses },
};

/** The entries that are beyond the document of the agent alone. */
export const agentEntries = Object.keys(agentStatuses).map((status) => `agent statuses ${status}`);
