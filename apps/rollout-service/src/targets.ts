import { Injectable } from '@nestjs/common';
import type { Candidate, CurrentRollout, Target, TargetedDevice } from '@skein/domain-rollout';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import type { ActiveRollout } from './rollouts.js';

/** A wanted device, and the current rollout of its owner. */
export interface KnownDevice extends TargetedDevice {
  readonly org: string;
  readonly device: string;
  readonly rollout: CurrentRollout | null;
}

/** A device that is to run another template version, or none. */
export interface Retargeted {
  readonly org: string;
  readonly device: string;
  readonly target: Target | null;
}

const KNOWN = `
select d.org, d.device, d.created and not d.deleted as live, d.owner,
       d.labels_version as "labelsVersion", d.matched_labels_version as "matchedVersion",
       case when t.rollout is not null then json_build_object(
         'fleet', t.fleet, 'rollout', t.rollout, 'templateVersion', d.target,
         'batch', d.target_batch, 'labelsVersion', d.target_labels_version) end as target,
       case when r.rollout is not null then json_build_object(
         'fleet', r.fleet, 'rollout', r.rollout, 'templateVersion', r.template_version,
         'open', b.dispatched_at is not null,
         'batch', case when r.state = 'active' and r.strategy = 'BatchSequence'
                       then r.last_batch end) end as rollout
from unnest($1::uuid[], $2::uuid[]) as w (org, device)
join rollout.devices d on d.org = w.org and d.device = w.device
left join rollout.rollouts t on t.org = d.org and t.rollout = d.target_rollout
left join rollout.fleets f on f.org = d.org and f.fleet = d.owner and not f.deleted
left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
left join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.last_batch
order by d.org, d.device`;

const CANDIDATES = `
select device, case when $4 then labels else '{}' end as labels,
       coalesce(target = $3, false) as selected
from rollout.devices
where org = $1 and owner = $2 and created and not deleted
  and matched_labels_version >= labels_version
order by device`;

const SELECT = `
update rollout.devices d
set target = $2, target_rollout = $3, target_batch = $4,
    target_labels_version = d.matched_labels_version, selected_at = now()
from unnest($5::uuid[]) as s (device)
where d.org = $1 and d.device = s.device`;

const RETARGET = `
update rollout.devices d
set target = s.target, target_rollout = s.rollout, target_batch = s.batch,
    target_labels_version = s.labels_version,
    selected_at = case when s.target is null then null else now() end
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::bigint[])
  as s (org, device, target, rollout, batch, labels_version)
where d.org = s.org and d.device = s.device`;

/** Which device was selected for which template version. */
@Injectable()
export class Targets {
  known(transaction: Transaction, wants: readonly Want[]): Promise<KnownDevice[]> {
    return transaction.query<KnownDevice>(KNOWN, [
      wants.map(({ org }) => org),
      wants.map(({ uid }) => uid),
    ]);
  }

  /** The devices of the rollout's fleet that its current batch can take; not those whose labels wait for their match. */
  candidates(transaction: Transaction, rollout: ActiveRollout): Promise<Candidate[]> {
    const { org, fleet, templateVersion, definition } = rollout;
    const withLabels = Boolean(definition.selector);
    return transaction.query(CANDIDATES, [org, fleet, templateVersion, withLabels]);
  }

  async select(
    transaction: Transaction,
    { org, templateVersion, rollout }: ActiveRollout,
    batch: number | null,
    devices: readonly string[],
  ): Promise<void> {
    await transaction.query(SELECT, [org, templateVersion, rollout, batch, devices]);
  }

  async retarget(transaction: Transaction, devices: readonly Retargeted[]): Promise<void> {
    if (devices.length === 0) return;
    await transaction.query(RETARGET, [
      devices.map(({ org }) => org),
      devices.map(({ device }) => device),
      devices.map(({ target }) => target?.templateVersion ?? null),
      devices.map(({ target }) => target?.rollout ?? null),
      devices.map(({ target }) => target?.batch ?? null),
      devices.map(({ target }) => target?.labelsVersion ?? null),
    ]);
  }
}
