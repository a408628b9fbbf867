import { Injectable } from '@nestjs/common';
import type {
  Delivered,
  DevicesFailed,
  DevicesMatched,
  DevicesRendered,
  DevicesSelected,
  FleetValidated,
  RepositoryAccessChecked,
  TemplateVersionCreated,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch } from '@skein/task';
import { foldParameters, foldStatement, type Aspect, type Said } from './fold.js';

export interface RolloutEvent {
  readonly fleet: string;
  readonly templateVersion: string;
  readonly batch?: number;
  /** For a person: what it waits for, or why it was stopped. */
  readonly message?: string;
}

/** How a rollout is after an event: the reasons of the condition `RolloutInProgress`. */
export type RolloutProgress = 'Active' | 'Waiting' | 'Suspended' | 'Inactive';

const devices = { table: 'gateway.device_views', about: 'gateway.devices' };
const fleets = { table: 'gateway.fleet_views', about: 'gateway.fleets' };

const owner: Aspect = {
  ...devices,
  name: 'owner',
  columns: { owner: 'uuid', multiple_owners: 'json' },
  since: ['owner_since', 'owner'],
};
const target: Aspect = { ...devices, name: 'target', columns: { target: 'uuid' } };
const rendered: Aspect = {
  ...devices,
  name: 'rendered',
  columns: {
    rendered_version: 'bigint',
    rendered_digest: 'text',
    rendered_template_version: 'uuid',
  },
};
const failure: Aspect = {
  ...devices,
  name: 'failure',
  columns: { failure: 'text' },
  since: ['failure_since', 'failure'],
};
const template: Aspect = { ...fleets, name: 'template', columns: { template_version: 'uuid' } };
const validity: Aspect = {
  ...fleets,
  name: 'valid',
  columns: {
    valid: 'boolean',
    valid_reason: 'text',
    valid_message: 'text',
    valid_generation: 'bigint',
  },
  since: ['valid_since', 'valid'],
};
const rollout: Aspect = {
  ...fleets,
  name: 'rollout',
  columns: {
    rollout_template_version: 'uuid',
    rollout_running: 'boolean',
    rollout_reason: 'text',
    rollout_message: 'text',
    rollout_batch: 'integer',
  },
  since: ['rollout_since', 'rollout_running'],
};

const access: Aspect = {
  table: 'gateway.repositories',
  name: 'accessible',
  columns: { accessible: 'boolean', access_reason: 'text', access_message: 'text' },
  since: ['accessible_since', 'accessible'],
};

/** What was rendered, and that it did not fail. */
const outcome = [rendered, failure];
const statements = new Map(
  [[owner], [target], outcome, [failure], [template], [validity], [rollout], [access]].map(
    (aspects) => [aspects.map(({ name }) => name).join(), foldStatement(aspects)],
  ),
);

/** Those of fleets that live; a fleet that is being deleted meanwhile is waited for. */
const INSERT_TEMPLATE_VERSIONS = `
insert into gateway.template_versions (org, uid, fleet, name, generation, spec, created_at)
select t.org, t.uid, t.fleet, t.name, t.generation, t.spec, t.time
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::json[], $7::timestamptz[])
  as t (org, uid, fleet, name, generation, spec, time)
join gateway.fleets f on f.org = t.org and f.uid = t.fleet
order by t.org, t.uid
for key share of f
on conflict do nothing`;

/** Also those of fleets that are gone: events name them still. */
const NOTE_NAMES = `
insert into gateway.names (org, uid, kind, name)
select org, uid, 'TemplateVersion', name
from unnest($1::uuid[], $2::uuid[], $3::text[]) as t (org, uid, name) order by org, uid
on conflict do nothing`;

const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('gateway/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

type Members<Member> = Delivered<{ readonly members: readonly Member[] }>;

/** What the events say about the things that they name: one entry for each. */
function said<Event extends Delivered>(
  events: readonly Event[],
  about: (event: Event) => readonly (readonly [uid: string, ...values: unknown[]])[],
): Said[] {
  return events.flatMap((delivered) => {
    const { event, sequence: number } = delivered;
    return about(delivered).map(([uid, ...values]) => {
      return { org: event.org, uid, number, time: event.time, values };
    });
  });
}

const membersOf = <Member>({ event }: Members<Member>): readonly Member[] => event.data.members;

/** What the gateway hears about fleets and devices; it holds rows only of those that live. */
@Injectable()
export class GatewayView {
  /** Replicas fold the events of an organisation one after the other. */
  async lock(transaction: Transaction, organisations: readonly string[]): Promise<void> {
    await transaction.query(LOCK, [organisations]);
  }

  foldOwners(transaction: Transaction, events: readonly Delivered<DevicesMatched>[]) {
    const about = said(events, (event) =>
      membersOf(event).map((one) => [one.device, one.owner, one.multipleOwners]),
    );
    return this.fold(transaction, [owner], about);
  }

  foldTargets(transaction: Transaction, events: readonly Delivered<DevicesSelected>[]) {
    const about = said(events, (delivered) =>
      membersOf(delivered).map((one) => [one.device, delivered.event.data.templateVersion]),
    );
    return this.fold(transaction, [target], about);
  }

  /** Also notes for the batch which devices have something new to fetch. */
  async foldRendered(batch: Batch, events: readonly Delivered<DevicesRendered>[]): Promise<void> {
    const about = said(events, (delivered) =>
      membersOf(delivered).map((one) => [
        one.device,
        one.renderedVersion,
        one.digest,
        delivered.event.data.templateVersion,
        null,
      ]),
    );
    await this.fold(batch.transaction, outcome, about);
    for (const delivered of events) {
      batch.wantEach(
        'device',
        delivered,
        membersOf(delivered).map(({ device }) => device),
      );
    }
  }

  foldFailures(transaction: Transaction, events: readonly Delivered<DevicesFailed>[]) {
    const about = said(events, (event) => membersOf(event).map((one) => [one.device, one.message]));
    return this.fold(transaction, [failure], about);
  }

  async foldTemplateVersions(
    transaction: Transaction,
    events: readonly Delivered<TemplateVersionCreated>[],
  ): Promise<void> {
    const all = events.map(({ event }) => event);
    const [orgs, uids] = [all.map(({ org }) => org), all.map(({ subject }) => subject)];
    const names = all.map(({ data }) => data.name);
    await transaction.query(NOTE_NAMES, [orgs, uids, names]);
    await transaction.query(INSERT_TEMPLATE_VERSIONS, [
      orgs,
      uids,
      all.map(({ data }) => data.fleet),
      names,
      all.map(({ data }) => data.generation),
      all.map(({ data }) => JSON.stringify(data.spec)),
      all.map(({ time }) => time),
    ]);
    const newest = said(events, ({ event }) => [[event.data.fleet, event.subject]]);
    await this.fold(transaction, [template], newest);
  }

  foldValidity(transaction: Transaction, events: readonly Delivered<FleetValidated>[]) {
    const about = said(events, ({ event }) => {
      const { valid, reason, message, generation } = event.data;
      return [[event.subject, valid, reason, message, generation]];
    });
    return this.fold(transaction, [validity], about);
  }

  foldAccess(transaction: Transaction, events: readonly Delivered<RepositoryAccessChecked>[]) {
    const about = said(events, ({ event }) => {
      const { accessible, reason, message } = event.data;
      return [[event.subject, accessible, reason, message]];
    });
    return this.fold(transaction, [access], about);
  }

  foldRollouts(
    transaction: Transaction,
    events: readonly Delivered<RolloutEvent>[],
    progress: RolloutProgress,
  ) {
    const running = progress === 'Active' || progress === 'Waiting';
    const about = said(events, ({ event: { data } }) => [
      [data.fleet, data.templateVersion, running, progress, data.message, data.batch],
    ]);
    return this.fold(transaction, [rollout], about);
  }

  private async fold(
    transaction: Transaction,
    aspects: readonly Aspect[],
    about: readonly Said[],
  ): Promise<void> {
    if (about.length === 0) return;
    const statement = statements.get(aspects.map(({ name }) => name).join())!;
    await transaction.query(statement, foldParameters(aspects, about));
  }
}
