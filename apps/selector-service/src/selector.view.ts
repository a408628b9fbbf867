import { Injectable } from '@nestjs/common';
import type { Labels, LabelSelector } from '@skein/domain-resource';
import type { SelectingFleet } from '@skein/domain-selector';
import type { Delivered, JsonObject, MatchedDevice } from '@skein/events';
import type { Transaction } from '@skein/postgres';

/** A device of the view, with the last answer that was given about it. */
export interface KnownDevice {
  readonly device: string;
  readonly labels: Labels;
  readonly labelsVersion: number;
  readonly owner: string | null;
  readonly multipleOwners: readonly string[];
  /** The labels' version that the last answer saw; null before the first. */
  readonly matchedLabelsVersion: number | null;
}

const PAGE = 5_000;

const FOLD_LABELS = `
insert into selector.devices as d (org, device, labels, labels_version, labels_number)
select distinct on (org, device) org, device, labels, version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::bigint[])
  as e (org, device, number, labels, version)
order by org, device, number desc
on conflict (org, device) do update
  set labels = excluded.labels, labels_version = excluded.labels_version,
      labels_number = excluded.labels_number
  where excluded.labels_number > d.labels_number`;

const FOLD_DELETED_DEVICES = `
insert into selector.devices as d (org, device, deleted, deleted_number)
select distinct on (org, device) org, device, true, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, device, number)
order by org, device, number desc
on conflict (org, device) do update
  set deleted = true, deleted_number = excluded.deleted_number
  where excluded.deleted_number > d.deleted_number`;

const FOLD_FLEETS = `
insert into selector.fleets as f (org, fleet, name, selector, selector_number)
select distinct on (org, fleet) org, fleet, name, selector, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::text[])
  as e (org, fleet, number, selector, name)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set name = excluded.name,
      selector = case when excluded.selector_number > f.selector_number
                      then excluded.selector else f.selector end,
      selector_number = greatest(f.selector_number, excluded.selector_number)`;

const FOLD_SELECTORS = `
insert into selector.fleets as f (org, fleet, selector, selector_number)
select distinct on (org, fleet) org, fleet, selector, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[]) as e (org, fleet, number, selector)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set selector = excluded.selector, selector_number = excluded.selector_number
  where excluded.selector_number > f.selector_number`;

const FOLD_DELETED_FLEETS = `
insert into selector.fleets as f (org, fleet, deleted, deleted_number)
select distinct on (org, fleet) org, fleet, true, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, fleet, number)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set deleted = true, deleted_number = excluded.deleted_number
  where excluded.deleted_number > f.deleted_number`;

const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('selector/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

const DEVICE = `device, labels, labels_version as "labelsVersion", owner,
  multiple_owners as "multipleOwners", matched_labels_version as "matchedLabelsVersion"`;

const SAVE = `
update selector.devices d
set owner = m.owner, multiple_owners = m."multipleOwners", matched_labels_version = m."labelsVersion"
from jsonb_to_recordset($2::jsonb)
  as m (device uuid, owner uuid, "labelsVersion" bigint, "multipleOwners" text[])
where d.org = $1 and d.device = m.device
  and (d.owner, d.multiple_owners, d.matched_labels_version)
      is distinct from (m.owner, m."multipleOwners", m."labelsVersion")`;

const MISSED = `
select org, device as uid from selector.devices
where not deleted and matched_labels_version is distinct from labels_version
order by org, device limit $1`;

function keysOf(events: readonly Delivered[]): unknown[] {
  return [
    events.map(({ event }) => event.org),
    events.map(({ event }) => event.subject),
    events.map(({ sequence }) => sequence),
  ];
}

function selectorsOf(events: readonly Delivered<{ selector: JsonObject | null }>[]) {
  return events.map(({ event }) => event.data.selector && JSON.stringify(event.data.selector));
}

/** The selector's tables: devices with their labels and owners, fleets with their selectors. */
@Injectable()
export class SelectorView {
  /** Only one transaction at a time folds or decides for an organisation; the order spares deadlocks. */
  async lock(transaction: Transaction, organisations: readonly string[]): Promise<void> {
    await transaction.query(LOCK, [organisations]);
  }

  async foldLabels(
    transaction: Transaction,
    events: readonly Delivered<{ readonly labels: Labels }>[],
  ): Promise<void> {
    await transaction.query(FOLD_LABELS, [
      ...keysOf(events),
      events.map(({ event }) => JSON.stringify(event.data.labels)),
      events.map(({ event }) => event.version),
    ]);
  }

  async foldDeletedDevices(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    await transaction.query(FOLD_DELETED_DEVICES, keysOf(events));
  }

  async foldFleets(
    transaction: Transaction,
    events: readonly Delivered<{ name: string; selector: JsonObject | null }>[],
  ): Promise<void> {
    await transaction.query(FOLD_FLEETS, [
      ...keysOf(events),
      selectorsOf(events),
      events.map(({ event }) => event.data.name),
    ]);
  }

  async foldSelectors(
    transaction: Transaction,
    events: readonly Delivered<{ selector: JsonObject | null }>[],
  ): Promise<void> {
    await transaction.query(FOLD_SELECTORS, [...keysOf(events), selectorsOf(events)]);
  }

  async foldDeletedFleets(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    await transaction.query(FOLD_DELETED_FLEETS, keysOf(events));
  }

  /** All live fleets of the organisation; one whose creation has not arrived yet is none so far. */
  fleets(transaction: Transaction, org: string): Promise<SelectingFleet[]> {
    return transaction.query<{ fleet: string; name: string; selector: LabelSelector | null }>(
      `select fleet, name, selector from selector.fleets
       where org = $1 and not deleted and name is not null order by fleet`,
      [org],
    );
  }

  /** Those of the devices that live. */
  devices(
    transaction: Transaction,
    org: string,
    devices: Iterable<string>,
  ): Promise<KnownDevice[]> {
    return transaction.query<KnownDevice>(
      `select ${DEVICE} from selector.devices
       where org = $1 and device = any($2::uuid[]) and not deleted order by device`,
      [org, [...devices]],
    );
  }

  /** All live devices of the organisation, page by page. */
  async *allDevices(transaction: Transaction, org: string): AsyncGenerator<KnownDevice[]> {
    let page: KnownDevice[];
    let last: string | null = null;
    do {
      page = await transaction.query<KnownDevice>(
        `select ${DEVICE} from selector.devices
         where org = $1 and ($2::uuid is null or device > $2) and not deleted
         order by device limit ${PAGE}`,
        [org, last],
      );
      last = page.at(-1)?.device ?? null;
      if (page.length > 0) yield page;
    } while (page.length === PAGE);
  }

  /** Keeps the answers as the present owners. */
  async save(
    transaction: Transaction,
    org: string,
    answers: readonly MatchedDevice[],
  ): Promise<void> {
    if (answers.length > 0) await transaction.query(SAVE, [org, JSON.stringify(answers)]);
  }

  /** Devices whose labels have no answer yet. */
  missed(transaction: Transaction, limit: number): Promise<{ org: string; uid: string }[]> {
    return transaction.query(MISSED, [limit]);
  }
}
