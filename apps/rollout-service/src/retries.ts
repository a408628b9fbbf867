import { Injectable } from '@nestjs/common';
import { selected } from '@skein/domain-rollout';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { ConcernedFleet } from './fleet-locks.js';
import { HeldDevices } from './held-devices.js';
import { originsOf } from './rollout-starts.js';
import { HALTED } from './rollout-statements.js';
import { SELECTED } from './targets.js';

/** Devices that one transaction selects again at the most. */
const AT_ONCE = 5_000;

const RETRYING = `
select r.org, r.rollout, r.fleet, r.template_version as "templateVersion", r.state = 'completed' as completed,
       r.budget is not null or ${HALTED} as "isHeld"
from unnest($1::uuid[], $2::uuid[]) as w (org, fleet)
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet and not f.deleted
join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
where r.retry_before is not null
order by r.org, r.fleet`;

/** Also devices that failed in an earlier rollout of the same version; they belong to no batch of this one. */
const FAILED = `
select d.device,
       case when d.target_rollout = r.rollout then d.target_batch end as batch
from rollout.rollouts r
join rollout.devices d on d.org = r.org and d.owner = r.fleet and d.outcome = 'failed' and not d.deleted
where r.org = $1 and r.rollout = $2 and d.target = r.template_version and d.selected_at < r.retry_before
  and d.created and d.matched_labels_version >= d.labels_version
  and not exists (select from rollout.held h where h.org = d.org and h.device = d.device)
order by d.device limit ${AT_ONCE}`;

const SELECT = `
update rollout.devices d set target_rollout = $2, target_batch = s.batch, ${SELECTED}
from unnest($3::uuid[], $4::integer[]) as s (device, batch), rollout.rollouts r
where d.org = $1 and d.device = s.device and r.org = $1 and r.rollout = $2`;

/** Counts of an ended rollout stood still: they are counted again. */
const REOPEN = `
with counted as materialized (
  select d.target_batch as batch, count(*) filter (where d.outcome = 'waiting') as waiting,
         count(*) filter (where d.outcome = 'updated') as updated,
         count(*) filter (where d.outcome = 'failed') as failed
  from rollout.devices d
  where d.org = $1 and d.owner = $3 and d.target_rollout = $2 and not d.deleted
  group by d.target_batch
), batch as (
  update rollout.batches b
  set waiting = coalesce(c.waiting, 0), updated = coalesce(c.updated, 0), failed = coalesce(c.failed, 0)
  from rollout.batches known left join counted c on c.batch = known.batch
  where known.org = $1 and known.rollout = $2
    and b.org = known.org and b.rollout = known.rollout and b.batch = known.batch
), fleet as (
  update rollout.fleets set rolling = true where org = $1 and fleet = $3
)
update rollout.rollouts
set state = 'active', ended_at = null,
    waiting = (select coalesce(sum(waiting), 0) from counted),
    updated = (select coalesce(sum(updated), 0) from counted),
    failed = (select coalesce(sum(failed), 0) from counted)
where org = $1 and rollout = $2`;

/** Whether all were taken ($3); a batch that stood still because too many failed does so no more. */
const TAKEN = `
update rollout.rollouts
set retry_before = case when $3 then null else retry_before end,
    state = case when $4 and reason = 'SuccessThreshold' then 'active' else state end,
    waiting_since = case when $4 and reason = 'SuccessThreshold' then null else waiting_since end,
    message = case when $4 and reason = 'SuccessThreshold' then null else message end,
    reason = case when $4 and reason = 'SuccessThreshold' then null else reason end
where org = $1 and rollout = $2`;

interface Retrying {
  readonly org: string;
  readonly rollout: string;
  readonly fleet: string;
  readonly templateVersion: string;
  readonly completed: boolean;
  readonly isHeld: boolean;
}

interface Failed {
  readonly device: string;
  readonly batch: number | null;
}

/** Selects failed devices again, when somebody asked for it. */
@Injectable()
export class Retries {
  constructor(private readonly held: HeldDevices) {}

  async perform(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<NewEvent[]> {
    if (fleets.length === 0) return [];
    const keys = [fleets.map(({ org }) => org), fleets.map(({ fleet }) => fleet)];
    const origins = originsOf(fleets);
    const events: NewEvent[] = [];
    for (const one of await transaction.query<Retrying>(RETRYING, keys)) {
      const { org, rollout, fleet, templateVersion } = one;
      const devices = await this.retry(transaction, one);
      if (one.isHeld) continue;
      const origin = origins(one);
      const subject = { org, rollout, fleet, templateVersion, ...(origin && { origin }) };
      for (const [batch, group] of Map.groupBy(devices, (device) => device.batch)) {
        events.push(
          ...selected(
            subject,
            batch,
            group.map(({ device }) => device),
          ),
        );
      }
    }
    return events;
  }

  private async retry(transaction: Transaction, one: Retrying): Promise<Failed[]> {
    const { org, rollout, fleet, completed, isHeld } = one;
    const devices = await transaction.query<Failed>(FAILED, [org, rollout]);
    if (completed && devices.length > 0) await transaction.query(REOPEN, [org, rollout, fleet]);
    if (isHeld) await this.hold(transaction, one, devices);
    else {
      const batches = devices.map(({ batch }) => batch);
      const uids = devices.map(({ device }) => device);
      await transaction.query(SELECT, [org, rollout, uids, batches]);
    }
    const all = devices.length < AT_ONCE;
    await transaction.query(TAKEN, [org, rollout, all, devices.length > 0]);
    return devices;
  }

  private hold(
    transaction: Transaction,
    { org, rollout, fleet, templateVersion }: Retrying,
    devices: readonly Failed[],
  ): Promise<void> {
    return this.held.hold(
      transaction,
      devices.map(({ device, batch }) => {
        return { org, device, target: { fleet, rollout, templateVersion, batch } };
      }),
    );
  }
}
