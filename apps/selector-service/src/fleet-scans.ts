import { Injectable } from '@nestjs/common';
import type { LabelSelector } from '@skein/domain-resource';
import type { Requirements } from '@skein/domain-selector';
import type { Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { FLEETS_STATE, type FleetsState } from './fleet-indexes.js';
import { DEVICE, type KnownDevice } from './selector.view.js';

/** A fleet, and how far the devices that its last change concerns have been matched again. */
export interface ScannedFleet extends FleetsState {
  readonly name: string | null;
  readonly selector: LabelSelector | null;
  readonly deleted: boolean;
  readonly version: number;
  /** The version for which all of them have been. */
  readonly scannedVersion: number;
  /** The version that {@link cursor} and {@link walks} are about. */
  readonly scanVersion: number;
  /** Uid of the device that was looked at last. */
  readonly cursor: string;
  readonly walks: boolean;
  /** Of the change that was asked for last; null when nothing is asked for. */
  readonly origin: Origin | null;
}

/** Which devices a change concerns: those that may match, and those whose last answer had to do with the fleet. */
export interface Concerned {
  readonly org: string;
  readonly fleet: string;
  readonly name: string | null;
  /** Undefined when no device matches now. */
  readonly requirements: Requirements | undefined;
}

/** A part of a scan. */
export interface Chunk {
  readonly devices: KnownDevice[];
  /** The device after which the next one begins; undefined when no device is left. */
  readonly next: string | undefined;
}

export const FIRST = '00000000-0000-0000-0000-000000000000';

const LOAD = `
select f.name, f.selector, f.deleted, f.version, f.scanned_version as "scannedVersion",
       f.scan_version as "scanVersion", f.scan_cursor as cursor, f.scan_walks as walks, w.origin, s.*
from selector.fleets f
cross join (${FLEETS_STATE}) s
left join selector.wants w on w.org = f.org and w.kind = 'fleet' and w.uid = f.fleet
where f.org = $1 and f.fleet = $2`;

/**
 * SQL: organisation and uid of the devices that have all labels of one of the sets $1, each below its
 * organisation. Nothing else is asked for here, so that the index is the only way to them.
 */
const LABELLED = `
select d.device, d.org from unnest($1::jsonb[]) as wanted (labels)
cross join lateral (
  select org, device from selector.devices
  where jsonb_set('{}', array[org::text], labels) @> wanted.labels and not deleted offset 0
) d`;

const COUNT = `select count(*) from (${LABELLED} limit $2) d`;

/** SQL: the answer about device `d` had to do with fleet $5, called $6; only so many names are kept. */
const SEVERAL = `(multiple_owners @> array[$6::text] or cardinality(multiple_owners) >= 100)`;

const THROUGH_INDEXES = `
with labelled as materialized (${LABELLED}), found as (
  (select device from labelled where org = $2 and device > $3 order by device limit $4)
  union
  (select device from selector.devices
   where org = $2 and owner = $5 and device > $3 and not deleted order by device limit $4)
  union
  (select device from selector.devices
   where org = $2 and device > $3 and not deleted and multiple_owners <> '{}' and ${SEVERAL}
   order by device limit $4)
)
select ${DEVICE} from selector.devices
where org = $2 and device = any(array(select device from found order by device limit $4))
order by device`;

const WALK = `
with page as materialized (
  select * from selector.devices_after($2, $3, $4)
), walked as (
  select (select device from page order by device offset $4 - 1) as next
)
select walked.next, ${DEVICE} from walked left join page on not deleted and (
  owner = $5 or ${SEVERAL} or
  (labels ?& $7::text[] and jsonb_set('{}', array[org::text], labels) @> any($1::jsonb[]))
)
order by device`;

const SAVE = `
update selector.fleets
set scan_version = $3, scan_walks = $4, scan_cursor = coalesce($5, scan_cursor),
    scanned_version = case when $5::uuid is null then $3 else scanned_version end
where org = $1 and fleet = $2`;

/** Through the index of labels, each chunk reads all devices that have them; so many times more than a walk's would. */
const MOST_LABELLED = 10_000;

/** The label sets as the index has them. */
function below(org: string, { requirements }: Concerned): string[] {
  return (requirements?.anyOf ?? []).map((labels) => JSON.stringify({ [org]: labels }));
}

/** The devices that a changed fleet concerns, in order of their uids. */
@Injectable()
export class FleetScans {
  async load(
    transaction: Transaction,
    org: string,
    fleet: string,
  ): Promise<ScannedFleet | undefined> {
    const [found] = await transaction.query<ScannedFleet>(LOAD, [org, fleet]);
    return found;
  }

  /** Whether reading all devices costs less than an index does, or no index helps. */
  async walks(transaction: Transaction, concerned: Concerned): Promise<boolean> {
    if (!concerned.requirements) return false;
    if (!concerned.requirements.anyOf) return true;
    const labels = below(concerned.org, concerned);
    const [{ count }] = (await transaction.query(COUNT, [labels, MOST_LABELLED + 1])) as [
      { count: number },
    ];
    return count > MOST_LABELLED;
  }

  /** At most `limit` devices after `cursor`, found through indexes. */
  async through(
    transaction: Transaction,
    concerned: Concerned,
    { cursor, limit }: { readonly cursor: string; readonly limit: number },
  ): Promise<Chunk> {
    const { org, fleet, name } = concerned;
    const labels = below(org, concerned);
    const parameters = [labels, org, cursor, limit, fleet, name];
    const devices = await transaction.query<KnownDevice>(THROUGH_INDEXES, parameters);
    return { devices, next: devices[limit - 1]?.device };
  }

  /** Those among the `limit` devices after `cursor`. */
  async walk(
    transaction: Transaction,
    concerned: Concerned,
    { cursor, limit }: { readonly cursor: string; readonly limit: number },
  ): Promise<Chunk> {
    const { org, fleet, name, requirements } = concerned;
    const labels = requirements && !requirements.anyOf ? ['{}'] : below(org, concerned);
    const keys = requirements?.keys ?? [];
    const rows = await transaction.query<KnownDevice & { readonly next: string | null }>(WALK, [
      ...[labels, org, cursor, limit, fleet, name],
      keys,
    ]);
    const devices = rows.filter(({ device }) => device !== null);
    return { devices, next: rows[0]?.next ?? undefined };
  }

  /** Keeps how far the scan is; `next` undefined ends it. */
  async save(
    transaction: Transaction,
    { org, fleet }: Concerned,
    scan: { readonly version: number; readonly walks: boolean; readonly next: string | undefined },
  ): Promise<void> {
    const parameters = [org, fleet, scan.version, scan.walks, scan.next];
    await transaction.query(SAVE, parameters);
  }

  /** Changed fleets whose devices nobody is about to match again. */
  missed(transaction: Transaction, limit: number): Promise<{ org: string; uid: string }[]> {
    return transaction.query(
      `select org, fleet as uid from selector.fleets f
       where version <> scanned_version and not exists (
         select from selector.wants w where w.org = f.org and w.kind = 'fleet' and w.uid = f.fleet)
       order by org, fleet limit $1`,
      [limit],
    );
  }
}
