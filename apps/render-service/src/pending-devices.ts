import { Injectable } from '@nestjs/common';
import type { DeviceSpec, Labels } from '@skein/domain-resource';
import type { Queryable, Transaction } from '@skein/postgres';
import type { RenderedRow } from './rendered.js';

/** A device that is to be rendered. */
export interface PendingDevice {
  readonly org: string;
  readonly device: string;
  readonly name: string;
  readonly labels: Labels;
  /** The device's own spec. */
  readonly spec: DeviceSpec | null;
  /** Uid of the owning fleet. */
  readonly owner: string | null;
  /** Uid of the template version that a rollout selected. */
  readonly target: string | null;
  /** Number of the last event that asks for rendering. */
  readonly dueNumber: number;
  /** Number of the last event that asks for new contents of the own spec: its change, or that of a repository. */
  readonly contentNumber: number;
  /** Digest of the present document. */
  readonly digest: string | null;
}

/** What a device's row says when it is written. */
export interface CurrentDevice {
  readonly device: string;
  readonly dueNumber: number;
  readonly renderedVersion: number;
  readonly digest: string | null;
}

/** What a device waits for: the uid of a reference; null when that is there by now. */
export interface Waiting {
  readonly device: string;
  readonly reference: string | null;
}

/** A device that is locked until it is rendered. */
export type LockedDevice = PendingDevice & CurrentDevice;

const DEVICE = `device, name, labels, spec, owner, target, due_number as "dueNumber",
  greatest(spec_number, woken_number) as "contentNumber", document_digest as digest`;

const TO_RENDER = 'pending and set_aside_number < due_number';

/** Up to where an organisation's devices were taken. */
export interface QueuePlace {
  readonly org: string;
  readonly dueNumber: number;
  readonly device: string;
}

/** What a peer has in hand is left to it, so that nobody waits, and nobody deadlocks. */
const TAKE = `
select org, ${DEVICE}, rendered_version as "renderedVersion"
from render.devices
where org = $1 and (due_number, device) > ($2, $3::uuid) and ${TO_RENDER}
order by due_number, device limit $4 for no key update skip locked`;

/**
 * Organisations take turns. Only one index has this order, so that no plan reads those that wait for nothing;
 * and what was taken just now is passed over, since the index still has it.
 */
const FIRST = `and ${TO_RENDER} order by org, due_number, device limit 1`;
const NEXT_ORGANISATION = `
(select org from render.devices where org > $1 ${FIRST})
union all
(select org from render.devices where org < $1 ${FIRST})
union all
(select org from render.devices where org = $1 and (due_number, device) > ($2, $3::uuid) ${FIRST})
limit 1`;

const SET_ASIDE = `
with found as materialized (
  select device from render.devices where org = $1 and device = any($2::uuid[]) and ${TO_RENDER}
  order by device for no key update
)
update render.devices d set set_aside_number = d.due_number, waits_for = null
from found where d.org = $1 and d.device = found.device`;

/** One that waits for nothing more stays in the queue, or comes back. */
const WAIT = `
update render.devices d
set waits_for = w.reference, set_aside_number = case when w.reference is null then 0 else d.due_number end
from unnest($2::uuid[], $3::uuid[]) as w (device, reference)
where d.org = $1 and d.device = w.device`;

const SAVE = `
update render.devices d
set rendered_version = r.version, document_digest = r.digest, problem = r.problem,
    rendered_target = r.target, rendered_number = r.number, waits_for = null
from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::bigint[])
  as r (device, version, digest, problem, target, number)
where d.org = $1 and d.device = r.device`;

/** Devices that have something to render, and what they are rendered to. */
@Injectable()
export class PendingDevices {
  /** Those of the wanted devices that have something to render. */
  async among<Wanted extends { readonly org: string; readonly uid: string }>(
    transaction: Transaction,
    wanted: readonly Wanted[],
  ): Promise<Wanted[]> {
    if (wanted.length === 0) return [];
    const rows = await transaction.query<{ org: string; device: string }>(
      `select org, device from render.devices
       join unnest($1::uuid[], $2::uuid[]) as w (org, device) using (org, device)
       where pending`,
      [wanted.map(({ org }) => org), wanted.map(({ uid }) => uid)],
    );
    const pending = new Set(rows.map(({ org, device }) => `${org}/${device}`));
    return wanted.filter(({ org, uid }) => pending.has(`${org}/${uid}`));
  }

  /** The next organisation that has something to render; the same one if no other has. */
  async nextOrganisation(database: Queryable, place: QueuePlace): Promise<string | undefined> {
    const { org, dueNumber, device } = place;
    const [found] = await database.query<{ org: string }>(NEXT_ORGANISATION, [
      org,
      dueNumber,
      device,
    ]);
    return found?.org;
  }

  /** Locks the devices after a place that are to be rendered for longest, at most so many. */
  take(transaction: Transaction, after: QueuePlace, limit: number): Promise<LockedDevice[]> {
    const { org, dueNumber, device } = after;
    return transaction.query<LockedDevice>(TAKE, [org, dueNumber, device, limit]);
  }

  /** Nobody takes these any more until something newer asks for them. */
  async setAside(transaction: Transaction, org: string, devices: readonly string[]): Promise<void> {
    await transaction.query(SET_ASIDE, [org, devices]);
  }

  /** Devices, locked by the caller, that wait until a reference is frozen. */
  async wait(transaction: Transaction, org: string, waiting: readonly Waiting[]): Promise<void> {
    await transaction.query(WAIT, [
      org,
      waiting.map(({ device }) => device),
      waiting.map(({ reference }) => reference),
    ]);
  }

  load(database: Queryable, org: string, devices: readonly string[]): Promise<PendingDevice[]> {
    return database.query<PendingDevice>(
      `select org, ${DEVICE}
       from render.devices
       where org = $1 and device = any($2::uuid[]) and pending
       order by device`,
      [org, devices],
    );
  }

  /** Those of the devices that still have something to render, by uid. */
  async current(
    transaction: Transaction,
    org: string,
    devices: readonly string[],
  ): Promise<Map<string, CurrentDevice>> {
    const rows = await transaction.query<CurrentDevice>(
      `select device, due_number as "dueNumber", rendered_version as "renderedVersion",
              document_digest as digest
       from render.devices
       where org = $1 and device = any($2::uuid[]) and pending
       order by device for update`,
      [org, devices],
    );
    return new Map(rows.map((row) => [row.device, row]));
  }

  async save(transaction: Transaction, org: string, rows: readonly RenderedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await transaction.query(SAVE, [
      org,
      rows.map(({ device }) => device),
      rows.map(({ renderedVersion }) => renderedVersion),
      rows.map(({ digest }) => digest),
      rows.map(({ problem }) => problem),
      rows.map(({ templateVersion }) => templateVersion),
      rows.map(({ dueNumber }) => dueNumber),
    ]);
  }

  /** Devices whose own want, or that of the reference that they wait for, is gone. */
  missed(transaction: Transaction, limit: number): Promise<{ org: string; uid: string }[]> {
    return transaction.query(
      `select org, device as uid from render.devices d
       where pending and set_aside_number >= due_number and not exists (
         select from render.wants w
         where w.org = d.org and w.kind = 'device' and w.uid = d.device)
       and not exists (
         select from render.wants w
         where w.org = d.org and w.kind = 'contents' and w.uid = d.waits_for)
       order by org, device limit $1`,
      [limit],
    );
  }
}
