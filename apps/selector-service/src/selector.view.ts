import { Injectable } from '@nestjs/common';
import type { Labels } from '@skein/domain-resource';
import type { Delivered, JsonObject, MatchedDevice } from '@skein/events';
import { bigintArray, textArray, uuidArray, type Transaction } from '@skein/postgres';
import { FLEETS_STATE, type FleetsState } from './fleet-indexes.js';

/** A device of the view, with the last answer that was given about it. */
export interface KnownDevice {
  readonly device: string;
  readonly labels: Labels;
  readonly labelsVersion: number;
  readonly owner: string | null;
  readonly multipleOwners: readonly string[];
  /** The labels' version that the last answer saw, or the one of this transaction does; null when one is missing. */
  readonly matchedLabelsVersion: number | null;
}

/**
 * Who folds labels answers them in the same transaction, and most answers change nothing but the version that they
 * saw: noted here already, that spares the row a second version, in all its indexes.
 */
const FOLD_LABELS = `
insert into selector.devices as d
  (org, device, labels, labels_version, labels_number, matched_labels_version)
select distinct on (org, device) org, device, labels, version, number, version
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::bigint[])
  as e (org, device, number, labels, version)
order by org, device, number desc
on conflict (org, device) do update
  set labels = excluded.labels, labels_version = excluded.labels_version,
      labels_number = excluded.labels_number,
      matched_labels_version = excluded.matched_labels_version
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

/** SQL: the columns of a {@link KnownDevice}. */
export const DEVICE = `device, labels, labels_version as "labelsVersion", owner,
  multiple_owners as "multipleOwners", matched_labels_version as "matchedLabelsVersion"`;

const DEVICES = `
select ${DEVICE}, f.* from selector.devices, (${FLEETS_STATE}) f
where org = $1 and device = any($2::uuid[]) and not deleted order by device`;

/** Each row exists, and is found by its key: a join by a plan for few rows would compare each with each. */
const SAVE = `
insert into selector.devices as d (org, device, owner, multiple_owners, matched_labels_version)
select $1, device, owner::uuid, names::text[], version
from unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[]) as m (device, owner, version, names)
order by device
on conflict (org, device) do update
  set owner = excluded.owner, multiple_owners = excluded.multiple_owners,
      matched_labels_version = excluded.matched_labels_version
  where (d.owner, d.multiple_owners, d.matched_labels_version)
      is distinct from (excluded.owner, excluded.multiple_owners, excluded.matched_labels_version)`;

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

/** As PostgreSQL writes a text[]; names hold nothing that JSON writes otherwise. */
function arrayOf(names: readonly string[]): string {
  return `{${names.map((name) => JSON.stringify(name)).join(',')}}`;
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

  /** Those of the devices that live, and what the transaction sees of the fleets. */
  async devices(
    transaction: Transaction,
    org: string,
    devices: Iterable<string>,
  ): Promise<{ devices: KnownDevice[]; state: FleetsState }> {
    const rows = await transaction.query<KnownDevice & FleetsState>(DEVICES, [org, [...devices]]);
    const { fleetsVersion = 0, server = '' } = rows[0] ?? {};
    return { devices: rows, state: { fleetsVersion, server } };
  }

  /** Keeps the answers as the present owners. */
  async save(
    transaction: Transaction,
    org: string,
    answers: readonly MatchedDevice[],
  ): Promise<void> {
    if (answers.length === 0) return;
    await transaction.query(SAVE, [
      org,
      uuidArray(answers.map(({ device }) => device)),
      textArray(answers.map(({ owner }) => owner ?? undefined)),
      bigintArray(answers.map(({ labelsVersion }) => labelsVersion)),
      textArray(answers.map(({ multipleOwners }) => arrayOf(multipleOwners))),
    ]);
  }

  /** Devices whose labels have no answer yet. */
  missed(transaction: Transaction, limit: number): Promise<{ org: string; uid: string }[]> {
    return transaction.query(MISSED, [limit]);
  }
}
