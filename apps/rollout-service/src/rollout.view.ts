import { Injectable } from '@nestjs/common';
import type {
  Delivered,
  DeviceCreated,
  DeviceLabelsUpdated,
  DevicesFailed,
  DevicesMatched,
  DevicesRendered,
  DeviceStatusReported,
  FleetCreated,
  FleetRolloutPolicyUpdated,
  JsonObject,
  TemplateVersionCreated,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import {
  FOLD_DELETED_DEVICES,
  FOLD_DELETED_FLEETS,
  FOLD_FLEETS,
  FOLD_LABELS,
  FOLD_MATCHES,
  FOLD_POLICIES,
  FOLD_PROBLEMS,
  FOLD_RENDERED,
  FOLD_REPORTS,
  FOLD_TEMPLATE_VERSIONS,
} from './folds.js';

/** Organisations, subjects and numbers: the first three parameters of every fold. */
function keysOf(events: readonly Delivered[]): unknown[] {
  return [
    events.map(({ event }) => event.org),
    events.map(({ event }) => event.subject),
    events.map(({ sequence }) => sequence),
  ];
}

interface Member {
  readonly device: string;
}

/** One row per member of each event. */
function membersOf<Of extends Member, Data>(
  events: readonly Delivered<Data & { readonly members: readonly Of[] }>[],
) {
  return events.flatMap(({ sequence, event: { org, time, data } }) =>
    data.members.map((member) => ({ org, sequence, time, data, member })),
  );
}

function memberKeysOf(
  rows: readonly { org: string; sequence: number; member: Member }[],
): unknown[] {
  return [
    rows.map(({ org }) => org),
    rows.map(({ member }) => member.device),
    rows.map(({ sequence }) => sequence),
  ];
}

function policiesOf(events: readonly Delivered<{ rolloutPolicy: JsonObject | null }>[]) {
  return events.map(
    ({ event: { data } }) => data.rolloutPolicy && JSON.stringify(data.rolloutPolicy),
  );
}

/** What was heard of devices and fleets. Every aspect keeps the number of the event that set it. */
@Injectable()
export class RolloutView {
  foldCreatedDevices(transaction: Transaction, events: readonly Delivered<DeviceCreated>[]) {
    return this.foldDevices(transaction, events, true);
  }

  foldLabels(transaction: Transaction, events: readonly Delivered<DeviceLabelsUpdated>[]) {
    return this.foldDevices(transaction, events, false);
  }

  async foldReports(transaction: Transaction, events: readonly Delivered<DeviceStatusReported>[]) {
    const versions = events.map(({ event }) => event.data.renderedVersion);
    await transaction.query(FOLD_REPORTS, [...keysOf(events), versions]);
  }

  async foldDeletedDevices(transaction: Transaction, events: readonly Delivered[]) {
    await transaction.query(FOLD_DELETED_DEVICES, keysOf(events));
  }

  async foldCreatedFleets(transaction: Transaction, events: readonly Delivered<FleetCreated>[]) {
    const names = events.map(({ event }) => event.data.name);
    await transaction.query(FOLD_FLEETS, [...keysOf(events), policiesOf(events), names]);
  }

  async foldPolicies(
    transaction: Transaction,
    events: readonly Delivered<FleetRolloutPolicyUpdated>[],
  ) {
    await transaction.query(FOLD_POLICIES, [...keysOf(events), policiesOf(events)]);
  }

  async foldDeletedFleets(transaction: Transaction, events: readonly Delivered[]) {
    await transaction.query(FOLD_DELETED_FLEETS, keysOf(events));
  }

  async foldTemplateVersions(
    transaction: Transaction,
    events: readonly Delivered<TemplateVersionCreated>[],
  ) {
    await transaction.query(FOLD_TEMPLATE_VERSIONS, [
      ...keysOf(events),
      events.map(({ event }) => event.data.fleet),
      events.map(({ event }) => event.data.generation),
    ]);
  }

  async foldMatches(transaction: Transaction, events: readonly Delivered<DevicesMatched>[]) {
    const rows = membersOf(events);
    await transaction.query(FOLD_MATCHES, [
      ...memberKeysOf(rows),
      rows.map(({ member }) => member.owner),
      rows.map(({ member }) => member.labelsVersion),
    ]);
  }

  async foldRendered(transaction: Transaction, events: readonly Delivered<DevicesRendered>[]) {
    const rows = membersOf(events);
    await transaction.query(FOLD_RENDERED, [
      ...memberKeysOf(rows),
      rows.map(({ data }) => data.templateVersion),
      rows.map(({ member }) => member.renderedVersion),
    ]);
  }

  async foldProblems(transaction: Transaction, events: readonly Delivered<DevicesFailed>[]) {
    const rows = membersOf(events);
    await transaction.query(FOLD_PROBLEMS, [
      ...memberKeysOf(rows),
      rows.map(({ data }) => data.templateVersion),
      rows.map(({ member }) => member.message),
      rows.map(({ time }) => time),
    ]);
  }

  private async foldDevices(
    transaction: Transaction,
    events: readonly Delivered<DeviceLabelsUpdated>[],
    created: boolean,
  ) {
    await transaction.query(FOLD_LABELS, [
      ...keysOf(events),
      events.map(({ event }) => JSON.stringify(event.data.labels)),
      events.map(({ event }) => event.version),
      created,
    ]);
  }
}
