import {
  API_VERSION,
  type Rollout,
  type RolloutBatchStatus,
  type RolloutDevice,
  type RolloutWait,
} from '@skein/api';
import type { BatchRow, Counts, GroupRow, RolloutDeviceRow, RolloutRow } from './rollout-reader.js';

const stateNames = {
  active: 'Active',
  waiting: 'Waiting',
  completed: 'Completed',
  stopped: 'Stopped',
  superseded: 'Superseded',
} as const;

function countsOf({ held, waiting, updated, failed }: Counts) {
  return { held, waiting, updated, failed };
}

function stateOf({
  announcedAt,
  dispatchedAt,
  completedAt,
}: BatchRow): RolloutBatchStatus['state'] {
  if (completedAt) return 'Completed';
  if (dispatchedAt) return 'Dispatched';
  return announcedAt ? 'Selecting' : 'Planned';
}

function presentBatch(row: BatchRow): RolloutBatchStatus {
  const { batch, threshold, approval, definition, dispatchedAt, completedAt } = row;
  const { selector, limit } = definition;
  return {
    batch,
    state: stateOf(row),
    ...(selector && { selector }),
    ...(limit !== undefined && { limit: String(limit) }),
    successThreshold: threshold,
    approval,
    devices: countsOf(row),
    ...(dispatchedAt && { dispatchedAt: dispatchedAt.toISOString() }),
    ...(completedAt && { completedAt: completedAt.toISOString() }),
  };
}

function haltMessage(row: RolloutRow): string {
  const what = row.waitReason === 'Paused' ? 'paused' : 'nothing is dispatched: switched off';
  const by = row.haltedBy === null ? what : `${what} by ${row.haltedBy}`;
  return row.haltReason === null ? by : `${by}: ${row.haltReason}`;
}

function batchMessage(row: RolloutRow, batch: BatchRow | undefined): string {
  const { held, waiting, updated, failed } = batch ?? row;
  const counts = `${updated} updated, ${waiting} on their way, ${held} held, ${failed} failed`;
  const devices = held + waiting + updated + failed;
  if (row.batch === row.lastBatch) return `${counts}; it ends when none is held or on its way`;
  return `${counts}; ${batch?.threshold ?? 100} % of ${devices} devices must be updated`;
}

const messages: Readonly<Record<string, (row: RolloutRow, batch?: BatchRow) => string>> = {
  Paused: haltMessage,
  Frozen: haltMessage,
  Approval: ({ message, batch }) => message ?? `batch ${batch} waits for approval`,
  Selection: ({ batch }) => `the devices of batch ${batch} are being named`,
};

/** What the rollout as a whole, or its current batch, waits for. */
function ownWait(row: RolloutRow, batches: readonly BatchRow[]): RolloutWait[] {
  const { uid, waitReason, waitSince } = row;
  if (waitReason === null || waitSince === null) return [];
  const isWhole = waitReason === 'Paused' || waitReason === 'Frozen';
  const batch = batches.find((one) => one.batch === row.batch);
  return [
    {
      kind: isWhole ? 'Rollout' : 'Batch',
      name: isWhole ? uid : String(row.batch),
      reason: waitReason,
      message: (messages[waitReason] ?? batchMessage)(row, batch),
      since: waitSince.toISOString(),
    },
  ];
}

const haltOf = ({ waitReason }: RolloutRow): string | undefined =>
  waitReason === 'Paused' || waitReason === 'Frozen' ? waitReason : undefined;

function groupWait(row: RolloutRow, { group, held, since }: GroupRow): RolloutWait {
  const halt = haltOf(row);
  const message = halt
    ? `${held} devices wait until dispatching goes on`
    : `${held} devices wait until others of their group are updated`;
  const reason = halt ?? 'DisruptionBudget';
  return { kind: 'Group', name: group, reason, message, since: since.toISOString() };
}

type Why = readonly [reason: string, message: string];

function whyWaiting({ awaiting, connected, rendering }: RolloutDeviceRow): Why {
  if (awaiting) return ['Rendering', rendering ?? 'its document is being rendered'];
  if (!connected) return ['Silent', 'its document is ready, and it was not heard of for a while'];
  return ['Report', 'its document is ready, and it has not reported it yet'];
}

function why(row: RolloutRow, device: RolloutDeviceRow): Why {
  const { outcome, problem } = device;
  if (outcome === 'waiting') return whyWaiting(device);
  if (outcome === 'updated') return ['Updated', 'it reports its document'];
  if (outcome === 'held') {
    const halt = haltOf(row);
    return halt
      ? [halt, haltMessage(row)]
      : ['DisruptionBudget', 'the disruption budget of its group has no room'];
  }
  return problem === null
    ? ['TimedOut', `it did not report its document within ${row.timeoutSeconds} s`]
    : ['Rendering', problem];
}

export function presentDevice(row: RolloutRow, device: RolloutDeviceRow): RolloutDevice {
  const { name, outcome, batch, since, dueAt } = device;
  const [reason, message] = why(row, device);
  return {
    name,
    outcome,
    ...(batch !== null && { batch }),
    reason,
    message,
    since: since.toISOString(),
    ...(dueAt && outcome === 'waiting' && { deadline: dueAt.toISOString() }),
  };
}

function deviceWait(row: RolloutRow, device: RolloutDeviceRow): RolloutWait {
  const { name, reason, message, since } = presentDevice(row, device);
  return { kind: 'Device', name, reason, message, since };
}

/** What belongs to a rollout that is shown alone. */
export interface RolloutParts {
  readonly batches: readonly BatchRow[];
  readonly groups: readonly GroupRow[];
  readonly devices: readonly RolloutDeviceRow[];
}

function partsOf(row: RolloutRow, { batches, groups, devices }: RolloutParts) {
  const waits = [
    ...ownWait(row, batches),
    ...groups.map((group) => groupWait(row, group)),
    ...devices.map((device) => deviceWait(row, device)),
  ];
  const further = Math.max(row.held + row.waiting - devices.length, 0);
  return {
    batches: batches.map(presentBatch),
    ...(row.waitReason !== null && { waits, furtherWaits: further }),
  };
}

export function presentRollout(row: RolloutRow, parts?: RolloutParts): Rollout {
  const { fleet, templateVersion, strategy, budget, errorThreshold, endedAt } = row;
  return {
    apiVersion: API_VERSION,
    kind: 'Rollout',
    metadata: {
      name: row.uid,
      owner: `Fleet/${fleet}`,
      creationTimestamp: row.startedAt.toISOString(),
    },
    spec: {
      ...{ fleet, templateVersion, strategy, updateTimeoutSeconds: row.timeoutSeconds },
      ...(budget && { disruptionBudget: budget }),
      ...(errorThreshold !== null && { errorThreshold }),
    },
    status: {
      state: stateNames[row.state],
      ...(row.reason !== null && { reason: row.reason }),
      ...(row.message !== null && { message: row.message }),
      latest: row.latest,
      currentBatch: row.batch,
      devices: countsOf(row),
      ...(parts && partsOf(row, parts)),
      ...(endedAt && { endedAt: endedAt.toISOString() }),
    },
  };
}
