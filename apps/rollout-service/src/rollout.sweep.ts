import { Injectable } from '@nestjs/common';
import type { Transaction } from '@skein/postgres';
import type { Batch, Sweep } from '@skein/task';

const AT_ONCE = 1_000;

/** Template versions without a rollout, rollouts of deleted fleets, and rollouts whose current batch is complete. */
const FLEETS = `
select f.org, f.fleet as uid
from rollout.fleets f
left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
where not f.deleted and f.name is not null and f.template_version is not null
  and f.template_version is distinct from r.template_version
union
select r.org, r.fleet
from rollout.rollouts r
join rollout.fleets f on f.org = r.org and f.fleet = r.fleet
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
where r.state = 'active' and (f.deleted or b.dispatched_at is not null and case
  when r.batch = r.last_batch then not exists (
    select from rollout.devices d
    where d.org = r.org and d.target_rollout = r.rollout and not d.deleted and not d.updated)
  else (
    select count(*) filter (where d.updated) * 100 >= b.threshold * count(*)
    from rollout.devices d
    where d.org = r.org and d.target_rollout = r.rollout and d.target_batch = r.batch
      and not d.deleted)
  end)
limit $1`;

/** A current batch whose devices should have been selected long ago. */
const ROLLOUTS = `
select r.org, r.rollout as uid
from rollout.rollouts r
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
where r.state = 'active' and b.dispatched_at is null
  and coalesce(b.announced_at, r.started_at) < now() - interval '30 seconds'
limit $1`;

/** Devices that should run their fleet's template version and were never selected for it. */
const DEVICES = `
select d.org, d.device as uid
from rollout.fleets f
join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.last_batch
join rollout.devices d on d.org = f.org and d.owner = f.fleet
where not f.deleted and b.dispatched_at is not null
  and d.created and not d.deleted and d.matched_labels_version >= d.labels_version
  and (d.target is distinct from r.template_version
       or d.target_labels_version < d.matched_labels_version)
limit $1`;

/** Finds rollouts that stand still and devices that were passed over. */
@Injectable()
export class RolloutSweep implements Sweep {
  async find(batch: Batch): Promise<void> {
    const { transaction } = batch;
    batch.wantMissed('rollout', await this.missed(transaction, ROLLOUTS, batch.size));
    batch.wantMissed('fleet', await this.missed(transaction, FLEETS, batch.size));
    batch.wantMissed('device', await this.missed(transaction, DEVICES, batch.size));
  }

  private missed(transaction: Transaction, statement: string, found: number) {
    return transaction.query<{ org: string; uid: string }>(statement, [AT_ONCE - found]);
  }
}
