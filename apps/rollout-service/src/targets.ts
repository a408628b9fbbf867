import { Injectable } from '@nestjs/common';
import type { CurrentRollout, Target, TargetedDevice } from '@skein/domain-rollout';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import { HALTED } from './rollout-statements.js';

/** A wanted device, and the current rollout of its owner. */
export interface KnownDevice extends TargetedDevice {
  readonly org: string;
  readonly device: string;
  readonly rollout: CurrentRollout | null;
  /** Whether it is selected later: its owner has a disruption budget, or nothing may be dispatched now. */
  readonly isHeld: boolean;
}

/** A device that is to run another template version, or none. */
export interface Retargeted {
  readonly org: string;
  readonly device: string;
  readonly target: Target | null;
}

/** What a selection sets, from the rollout \`r\` of the device \`d\`: nothing of its last one counts any more. */
export const SELECTED = `
  target_labels_version = d.matched_labels_version, awaiting = true, timed_out_at = null,
  selected_at = now(), due_at = now() + r.update_timeout`;

const KNOWN = `
select d.org, d.device, d.created and not d.deleted as live, d.owner,
       d.labels_version as "labelsVersion", d.matched_labels_version as "matchedVersion",
       case when t.rollout is not null then json_build_object(
         'fleet', t.fleet, 'rollout', t.rollout, 'templateVersion', d.target,
         'batch', d.target_batch, 'labelsVersion', d.target_labels_version) end as target,
       case when r.rollout is not null then json_build_object(
         'fleet', r.fleet, 'rollout', r.rollout, 'templateVersion', r.template_version,
         'open', r.state <> 'stopped' and (b.dispatched_at is not null or b.cursor is not null),
         'batch', case when r.state = 'active' and r.strategy = 'BatchSequence'
                       then r.last_batch end) end as rollout,
       r.budget is not null or coalesce(${HALTED}, false) as "isHeld"
from unnest($1::uuid[], $2::uuid[]) as w (org, device)
join rollout.devices d on d.org = w.org and d.device = w.device
left join rollout.rollouts t on t.org = d.org and t.rollout = d.target_rollout
left join rollout.fleets f on f.org = d.org and f.fleet = d.owner and not f.deleted
left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
left join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.last_batch
order by d.org, d.device`;

const RETARGET = `
update rollout.devices d
set target = s.target, target_rollout = s.rollout, target_batch = s.batch, ${SELECTED}
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::integer[])
  as s (org, device, target, rollout, batch)
join rollout.rollouts r on r.org = s.org and r.rollout = s.rollout
where d.org = s.org and d.device = s.device`;

const CLEAR = `
update rollout.devices d
set target = null, target_rollout = null, target_batch = null, target_labels_version = null,
    awaiting = false, timed_out_at = null, selected_at = null, due_at = null
from unnest($1::uuid[], $2::uuid[]) as s (org, device)
where d.org = s.org and d.device = s.device`;

function keysOf(devices: readonly { org: string; device: string }[]): unknown[] {
  return [devices.map(({ org }) => org), devices.map(({ device }) => device)];
}

/** Which device was selected for which template version. */
@Injectable()
export class Targets {
  known(transaction: Transaction, wants: readonly Want[]): Promise<KnownDevice[]> {
    return transaction.query<KnownDevice>(
      KNOWN,
      keysOf(wants.map(({ org, uid }) => ({ org, device: uid }))),
    );
  }

  async retarget(transaction: Transaction, devices: readonly Retargeted[]): Promise<void> {
    const cleared = devices.filter(({ target }) => !target);
    if (cleared.length > 0) await transaction.query(CLEAR, keysOf(cleared));
    const chosen = devices.filter(({ target }) => target);
    if (chosen.length === 0) return;
    await transaction.query(RETARGET, [
      ...keysOf(chosen),
      chosen.map(({ target }) => target?.templateVersion),
      chosen.map(({ target }) => target?.rollout),
      chosen.map(({ target }) => target?.batch),
    ]);
  }
}
