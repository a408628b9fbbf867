import { Injectable } from '@nestjs/common';
import type { Transaction } from '@skein/postgres';
import type { Batch, Sweep } from '@skein/task';
import { HALTED } from './rollout-statements.js';

const AT_ONCE = 1_000;
/** Rollouts whose fleets one run looks through. */
const CHECKED_AT_ONCE = 10;

/** Template versions without a rollout, and deleted fleets with one: a partial index has just these. */
const FLEETS = `
select org, fleet as uid from rollout.fleets
where deleted and rolling
   or not deleted and name is not null and wanted is not null
      and (wanted is distinct from rolled or request_number > rolled_request)
limit $1`;

/** Running rollouts whose counts say that they should have gone on: every change of a count is decided about at once. */
const ROLLOUTS = `
select r.org, r.fleet as uid
from rollout.rollouts r
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
where r.state in ('active', 'waiting') and case
  when b.dispatched_at is null then r.state = 'waiting' and r.approved >= r.batch and not ${HALTED}
  when r.batch = r.last_batch then r.held + r.waiting = 0
  when b.updated * 100 >= b.threshold * (b.held + b.waiting + b.updated + b.failed) then not ${HALTED}
  else r.state = 'active' and b.held + b.waiting = 0
  end
limit $1`;

/** Devices with new labels that were not selected again: a partial index has these, and held ones. */
const RELABELLED = `
select d.org, d.device as uid
from rollout.devices d
join rollout.rollouts r on r.org = d.org and r.rollout = d.target_rollout and r.fleet = d.owner
join rollout.fleets f on f.org = d.org and f.fleet = d.owner and not f.deleted
where d.created and not d.deleted and d.owner is not null
  and d.matched_labels_version >= d.labels_version
  and d.target is not null and d.target_labels_version < d.matched_labels_version
  and not exists (select from rollout.held h where h.org = d.org and h.device = d.device)
limit $1`;

const UNSELECTED = `d.created and not d.deleted and d.owner is not null and d.target is null
  and d.matched_labels_version >= d.labels_version`;

/**
 * Devices without a template version although their fleet's rollout is open for them. The partial index is read from fleet
 * to fleet: whole fleets can be in it rightly, as long as they have no valid template, or a budget holds them back.
 */
const PASSED_OVER = `
with recursive owner as (
  (select d.org, d.owner from rollout.devices d where ${UNSELECTED} order by d.org, d.owner limit 1)
  union all
  select n.org, n.owner from owner o cross join lateral (
    select d.org, d.owner from rollout.devices d
    where ${UNSELECTED} and (d.org, d.owner) > (o.org, o.owner) order by d.org, d.owner limit 1) n
)
select d.org, d.device as uid
from owner o
join rollout.fleets f on f.org = o.org and f.fleet = o.owner and not f.deleted
join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout and r.state <> 'stopped'
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.last_batch
join rollout.devices d on d.org = o.org and d.owner = o.owner and ${UNSELECTED}
where b.dispatched_at is not null and r.held = 0
limit $1`;

/** Rollouts that named all the rest of their fleet, which was not looked at since. */
const UNCHECKED = `
select r.org, r.rollout
from rollout.rollouts r
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch and b.dispatched_at is not null
where not r.checked and not r.selecting and r.state in ('active', 'waiting', 'completed')
  and r.batch = r.last_batch and r.held = 0
order by r.org, r.rollout limit ${CHECKED_AT_ONCE}`;

/** Looks a fleet through once for each rollout, and not every time. */
const FORGOTTEN = `
select d.org, d.device as uid
from unnest($2::uuid[], $3::uuid[]) as w (org, rollout)
join rollout.rollouts r on r.org = w.org and r.rollout = w.rollout
join rollout.fleets f on f.org = r.org and f.fleet = r.fleet and f.rollout = r.rollout and not f.deleted
join rollout.devices d on d.org = f.org and d.owner = f.fleet
where d.created and not d.deleted and d.matched_labels_version >= d.labels_version
  and d.target is distinct from r.template_version
limit $1`;

/** Whoever decides about a fleet holds it, and changes its rollout: that one is checked another time, and nobody is waited for. */
const CHECKED = `
with free as materialized (
  select r.org, r.rollout
  from unnest($1::uuid[], $2::uuid[]) as w (org, rollout)
  join rollout.rollouts r on r.org = w.org and r.rollout = w.rollout
  order by r.org, r.rollout for no key update of r skip locked
)
update rollout.rollouts r set checked = true
from free where r.org = free.org and r.rollout = free.rollout`;

interface RolloutKey {
  readonly org: string;
  readonly rollout: string;
}

type Missed = { readonly org: string; readonly uid: string };

/**
 * Finds rollouts that stand still and devices that were passed over. What is still to be selected is found by the
 * {@link SelectionLoop} as part of its work, and what took too long by its timer: neither is a repair.
 */
@Injectable()
export class RolloutSweep implements Sweep {
  async find(batch: Batch): Promise<void> {
    const { transaction } = batch;
    batch.wantMissed('fleet', await this.missed(transaction, FLEETS, batch.size));
    batch.wantMissed('fleet', await this.missed(transaction, ROLLOUTS, batch.size));
    batch.wantMissed('device', await this.missed(transaction, RELABELLED, batch.size));
    batch.wantMissed('device', await this.missed(transaction, PASSED_OVER, batch.size));
    batch.wantMissed('device', await this.forgotten(transaction, batch.size));
  }

  private missed(transaction: Transaction, statement: string, found: number): Promise<Missed[]> {
    return transaction.query<Missed>(statement, [AT_ONCE - found]);
  }

  /** A rollout whose fleet has nobody left is not looked at again. */
  private async forgotten(transaction: Transaction, found: number): Promise<Missed[]> {
    const unchecked = await transaction.query<RolloutKey>(UNCHECKED);
    if (unchecked.length === 0 || found >= AT_ONCE) return [];
    const devices = await transaction.query<Missed>(FORGOTTEN, [
      AT_ONCE - found,
      ...keysOf(unchecked),
    ]);
    // What was missed is decided about next, and locks fleets: never after their rollouts.
    if (devices.length + found === 0) await transaction.query(CHECKED, keysOf(unchecked));
    return devices;
  }
}

function keysOf(rollouts: readonly RolloutKey[]): unknown[] {
  return [rollouts.map(({ org }) => org), rollouts.map(({ rollout }) => rollout)];
}
