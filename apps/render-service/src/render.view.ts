import { Injectable } from '@nestjs/common';
import type {
  Delivered,
  DeviceCreated,
  DeviceLabelsUpdated,
  DevicesMatched,
  DevicesSelected,
  DeviceSpecUpdated,
  RepositoryUsersWoken,
  TemplateVersionCreated,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { Repositories } from '@skein/task';

const FOLD_NAMES = `
insert into render.devices as d (org, device, name)
select distinct org, device, name
from unnest($1::uuid[], $2::uuid[], $3::text[]) as e (org, device, name)
order by org, device
on conflict (org, device) do update set name = excluded.name`;

const FOLD_LABELS = `
insert into render.devices as d (org, device, labels, labels_number)
select distinct on (org, device) org, device, labels, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::json[]) as e (org, device, number, labels)
order by org, device, number desc
on conflict (org, device) do update
  set labels = excluded.labels, labels_number = excluded.labels_number
  where excluded.labels_number > d.labels_number`;

const FOLD_SPECS = `
insert into render.devices as d (org, device, spec, generation, spec_number)
select distinct on (org, device) org, device, spec, generation, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::json[], $5::bigint[])
  as e (org, device, number, spec, generation)
order by org, device, number desc
on conflict (org, device) do update
  set spec = excluded.spec, generation = excluded.generation, spec_number = excluded.spec_number
  where excluded.spec_number > d.spec_number`;

const FOLD_DELETED = `
insert into render.devices (org, device, deleted)
select distinct org, device, true
from unnest($1::uuid[], $2::uuid[]) as e (org, device)
order by org, device
on conflict (org, device) do update set deleted = true`;

const FORGET_CONTENTS = `
delete from render.frozen f using unnest($1::uuid[], $2::uuid[]) as e (org, device)
where f.org = e.org and f.holder = e.device`;

const FOLD_OWNERS = `
insert into render.devices as d (org, device, matched, owner, owner_number)
select distinct on (org, device) org, device, true, owner, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[]) as e (org, device, number, owner)
order by org, device, number desc
on conflict (org, device) do update
  set matched = true, owner = excluded.owner, owner_number = excluded.owner_number
  where excluded.owner_number > d.owner_number`;

const FOLD_TARGETS = `
insert into render.devices as d (org, device, target, target_number)
select distinct on (org, device) org, device, target, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[]) as e (org, device, number, target)
order by org, device, number desc
on conflict (org, device) do update
  set target = excluded.target, target_number = excluded.target_number
  where excluded.target_number > d.target_number`;

const FOLD_WOKEN = `
insert into render.devices as d (org, device, woken_number)
select org, device, max(number)
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, device, number)
group by org, device order by org, device
on conflict (org, device) do update set woken_number = greatest(d.woken_number, excluded.woken_number)`;

const FOLD_TEMPLATE_VERSIONS = `
insert into render.template_versions
  (org, template_version, fleet, name, generation, spec, frozen, number)
select org, template_version, fleet, name, generation, spec, frozen, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::bigint[], $7::json[], $8::json[])
  as e (org, template_version, number, fleet, name, generation, spec, frozen)
order by org, template_version
on conflict do nothing`;

const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('render/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

function keysOf(events: readonly Delivered[]): unknown[][] {
  return [
    events.map(({ event }) => event.org),
    events.map(({ event }) => event.subject),
    events.map(({ sequence }) => sequence),
  ];
}

interface Member {
  readonly org: string;
  readonly device: string;
  readonly number: number;
  readonly value?: string | null;
}

function columnsOf(members: readonly Member[]): unknown[][] {
  return [
    members.map(({ org }) => org),
    members.map(({ device }) => device),
    members.map(({ number }) => number),
  ];
}

function jsonOf(value: object | null): string | null {
  return value && JSON.stringify(value);
}

/** What the service hears: devices with their owners and targets, template versions, repositories. */
@Injectable()
export class RenderView {
  readonly repositories = new Repositories('render');

  /** One transaction at a time writes to an organisation's devices: several sorted statements would deadlock. */
  async lock(transaction: Transaction, organisations: readonly string[]): Promise<void> {
    await transaction.query(LOCK, [organisations]);
  }

  async foldCreated(
    transaction: Transaction,
    events: readonly Delivered<DeviceCreated>[],
  ): Promise<void> {
    const [orgs, devices] = keysOf(events);
    const names = events.map(({ event }) => event.data.name);
    await transaction.query(FOLD_NAMES, [orgs, devices, names]);
    await this.foldLabels(transaction, events);
    await this.foldSpecs(transaction, events);
  }

  async foldLabels(
    transaction: Transaction,
    events: readonly Delivered<DeviceLabelsUpdated>[],
  ): Promise<void> {
    const labels = events.map(({ event }) => JSON.stringify(event.data.labels));
    await transaction.query(FOLD_LABELS, [...keysOf(events), labels]);
  }

  async foldSpecs(
    transaction: Transaction,
    events: readonly Delivered<DeviceSpecUpdated>[],
  ): Promise<void> {
    await transaction.query(FOLD_SPECS, [
      ...keysOf(events),
      events.map(({ event }) => jsonOf(event.data.spec)),
      events.map(({ event }) => event.data.generation),
    ]);
  }

  async foldDeleted(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    const [orgs, devices] = keysOf(events);
    await transaction.query(FOLD_DELETED, [orgs, devices]);
    await transaction.query(FORGET_CONTENTS, [orgs, devices]);
  }

  async foldMatched(
    transaction: Transaction,
    events: readonly Delivered<DevicesMatched>[],
  ): Promise<void> {
    const members = events.flatMap(({ sequence: number, event: { org, data } }) =>
      data.members.map(({ device, owner }) => ({ org, device, number, value: owner })),
    );
    await this.foldMembers(transaction, FOLD_OWNERS, members);
  }

  async foldSelected(
    transaction: Transaction,
    events: readonly Delivered<DevicesSelected>[],
  ): Promise<void> {
    const members = events.flatMap(({ sequence: number, event: { org, data } }) =>
      data.members.map(({ device }) => ({ org, device, number, value: data.templateVersion })),
    );
    await this.foldMembers(transaction, FOLD_TARGETS, members);
  }

  async foldWoken(
    transaction: Transaction,
    events: readonly Delivered<Pick<RepositoryUsersWoken, 'devices'>>[],
  ): Promise<void> {
    const woken = events.flatMap(({ sequence: number, event: { org, data } }) =>
      data.devices.map((device) => ({ org, device, number })),
    );
    await transaction.query(FOLD_WOKEN, columnsOf(woken));
  }

  async foldTemplateVersions(
    transaction: Transaction,
    events: readonly Delivered<TemplateVersionCreated>[],
  ): Promise<void> {
    await transaction.query(FOLD_TEMPLATE_VERSIONS, [
      ...keysOf(events),
      events.map(({ event }) => event.data.fleet),
      events.map(({ event }) => event.data.name),
      events.map(({ event }) => event.data.generation),
      events.map(({ event }) => JSON.stringify(event.data.spec)),
      events.map(({ event }) => JSON.stringify(event.data.frozen)),
    ]);
  }

  private async foldMembers(
    transaction: Transaction,
    fold: string,
    members: readonly Member[],
  ): Promise<void> {
    const values = members.map(({ value }) => value);
    await transaction.query(fold, [...columnsOf(members), values]);
  }
}
