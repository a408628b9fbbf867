import {
  API_VERSION,
  type Condition,
  type DevicesSummary,
  type Fleet,
  type FleetSpec,
} from '@skein/api';
import { metadataOf } from './metadata.js';
import { READ_COLUMNS, Reader, type ReadRow } from './reader.js';

export interface FleetReadRow extends ReadRow {
  readonly selector: FleetSpec['selector'] | null;
  readonly template: FleetSpec['template'];
  readonly rolloutPolicy: FleetSpec['rolloutPolicy'] | null;
  readonly templateGeneration: number;
  readonly templateVersion: string | null;
  readonly valid: boolean | null;
  readonly validReason: string;
  readonly validMessage: string;
  readonly validGeneration: number;
  readonly validSince: Date;
  readonly rolloutRunning: boolean | null;
  readonly rolloutReason: string | null;
  readonly rolloutMessage: string | null;
  readonly rolloutBatch: number | null;
  readonly rolloutTemplateVersion: string | null;
  readonly rolloutSince: Date;
}

export const fleetReader = new Reader<FleetReadRow>(
  'Fleet',
  'gateway.fleets',
  `select ${READ_COLUMNS}, r.selector, r.template, r.rollout_policy as "rolloutPolicy",
     r.template_generation as "templateGeneration", t.name as "templateVersion",
     v.valid, v.valid_reason as "validReason", v.valid_message as "validMessage",
     v.valid_generation as "validGeneration", v.valid_since as "validSince",
     v.rollout_running as "rolloutRunning", v.rollout_reason as "rolloutReason",
     v.rollout_message as "rolloutMessage", v.rollout_batch as "rolloutBatch", o.name as "rolloutTemplateVersion",
     v.rollout_since as "rolloutSince"
   from gateway.fleets r
   join gateway.fleet_views v on v.org = r.org and v.uid = r.uid
   left join gateway.template_versions t on t.org = v.org and t.uid = v.template_version
   left join gateway.template_versions o on o.org = v.org and o.uid = v.rollout_template_version`,
);

function validCondition(row: FleetReadRow): Condition[] {
  if (row.valid === null) return [];
  // A change that leaves the template alone needs no new look at it.
  const current = row.validGeneration === row.templateGeneration;
  return [
    {
      type: 'Valid',
      status: row.valid ? 'True' : 'False',
      reason: row.validReason,
      message: row.validMessage,
      lastTransitionTime: row.validSince.toISOString(),
      observedGeneration: current ? row.generation : row.validGeneration,
    },
  ];
}

function rolloutMessage(row: FleetReadRow): string {
  const ended = row.rolloutReason === 'Suspended' ? 'was not rolled out to all' : 'was rolled out';
  const verb = row.rolloutRunning ? 'is being rolled out' : ended;
  const said = `template version ${row.rolloutTemplateVersion ?? 'unknown'} ${verb}`;
  return row.rolloutMessage === null ? said : `${said}: ${row.rolloutMessage}`;
}

function rolloutCondition(row: FleetReadRow): Condition[] {
  if (row.rolloutRunning === null) return [];
  return [
    {
      type: 'RolloutInProgress',
      status: row.rolloutRunning ? 'True' : 'False',
      reason: row.rolloutReason ?? (row.rolloutRunning ? 'Active' : 'Inactive'),
      message: rolloutMessage(row),
      lastTransitionTime: row.rolloutSince.toISOString(),
    },
  ];
}

export function presentFleet(row: FleetReadRow, devicesSummary?: DevicesSummary): Fleet {
  const { selector, template, rolloutPolicy, templateVersion } = row;
  return {
    apiVersion: API_VERSION,
    kind: 'Fleet',
    metadata: {
      ...metadataOf(row),
      annotations:
        templateVersion === null ? {} : { 'fleet-controller/templateVersion': templateVersion },
    },
    spec: { ...(selector && { selector }), template, ...(rolloutPolicy && { rolloutPolicy }) },
    status: {
      conditions: [...validCondition(row), ...rolloutCondition(row)],
      ...(row.rolloutBatch !== null && { rollout: { currentBatch: row.rolloutBatch } }),
      ...(devicesSummary && { devicesSummary }),
    },
  };
}
