import { Injectable } from '@nestjs/common';
import { isEmptySelector, type LabelSelector } from '@skein/domain-resource';
import { limitOf, selected, type Matching, type Subject } from '@skein/domain-rollout';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { HeldDevices } from './held-devices.js';
import type { RunningRollout } from './rollouts.js';
import { SELECTED } from './targets.js';

/** Devices that one transaction names: the renderer begins with the first ones while the next ones are named. */
const AT_ONCE = 5_000;

/**
 * Devices of the fleet whose labels were matched, and which the selector selects ($3 its labels, $4 its expressions;
 * null when there are none). As the rule of the domain: NotIn also holds without the label.
 */
const MATCHING = `
  d.org = $1 and d.owner = $2 and d.created and not d.deleted
  and d.matched_labels_version >= d.labels_version
  and ($3::jsonb is null or d.labels @> $3::jsonb)
  and ($4::jsonb is null or not exists (
    select from jsonb_to_recordset($4::jsonb) as e (key text, operator text, "values" jsonb)
    where not coalesce(case e.operator
      when 'In' then e."values" ? (d.labels ->> e.key)
      when 'NotIn' then not coalesce(e."values" ? (d.labels ->> e.key), false)
      when 'Exists' then d.labels ? e.key
      when 'DoesNotExist' then not d.labels ? e.key end, false)))`;

const HELD = `exists (
    select from rollout.held h where h.org = d.org and h.device = d.device and h.rollout = $6)`;

const COUNT = `
select count(*) as devices, count(*) filter (where d.target = $5 or ${HELD}) as selected
from rollout.devices d where ${MATCHING}`;

/** Devices that are silent are left to the last batch ($9). */
const PICKED = `
select d.device from rollout.devices d
where ${MATCHING} and d.target is distinct from $5 and not ${HELD} and ($9::boolean or d.connected)
  and d.device > coalesce($7::uuid, '00000000-0000-0000-0000-000000000000')
order by d.device limit $8`;

const SELECT = `
with picked as materialized (${PICKED})
update rollout.devices d
set target = $5, target_rollout = $6, target_batch = $10, ${SELECTED}
from picked p, rollout.rollouts r
where d.org = $1 and d.device = p.device and r.org = $1 and r.rollout = $6
returning d.device`;

const MOVE_ON = `
with ended as (
  update rollout.rollouts set selecting = false where org = $1 and rollout = $2 and $7
)
update rollout.batches
set quota = $4, taken = taken + $5, cursor = coalesce($6, cursor, '00000000-0000-0000-0000-000000000000'),
    dispatched_at = case when $7 then now() end
where org = $1 and rollout = $2 and batch = $3`;

/** Names the devices of batches, a few thousand in each transaction. */
@Injectable()
export class BatchSelection {
  constructor(private readonly held: HeldDevices) {}

  /**
   * Names the next devices of the rollout's current batch. Where it was and how many it may take stands in the batch's
   * row, so that it goes on after a kill; a device that comes behind that place is selected on its own.
   */
  async perform(
    transaction: Transaction,
    rollout: RunningRollout,
    subject: Subject,
  ): Promise<NewEvent[]> {
    const quota = await this.quotaOf(transaction, rollout);
    const left = quota === null ? AT_ONCE : Math.min(quota - rollout.taken, AT_ONCE);
    const batch = rollout.strategy === 'Immediate' ? null : rollout.batch;
    const devices = left > 0 ? await this.name(transaction, rollout, { batch, limit: left }) : [];
    const ended = devices.length < left || devices.length + rollout.taken === quota || left <= 0;
    await transaction.query(MOVE_ON, [
      ...[rollout.org, rollout.rollout, rollout.batch, quota],
      ...[devices.length, devices.at(-1) ?? null, ended],
    ]);
    return rollout.budgeted ? [] : selected(subject, batch, devices);
  }

  /** How many devices the batch takes at the most: counted once, when it begins. */
  private async quotaOf(transaction: Transaction, rollout: RunningRollout): Promise<number | null> {
    const { quota, cursor, definition } = rollout;
    const { selector, limit } = definition;
    if (cursor !== null) return quota;
    if (selector && isEmptySelector(selector)) return 0;
    if (limit === undefined || limit === null) return null;
    const [count] = await transaction.query<Matching>(COUNT, parametersOf(rollout));
    return limitOf(limit, count!);
  }

  /** In their order. Held ones are selected when the budget lets them. */
  private async name(
    transaction: Transaction,
    rollout: RunningRollout,
    { batch, limit }: { readonly batch: number | null; readonly limit: number },
  ): Promise<string[]> {
    const isLast = rollout.batch === rollout.lastBatch;
    const parameters = [...parametersOf(rollout), rollout.cursor, limit, isLast];
    if (rollout.budgeted) {
      const rows = await transaction.query<{ device: string }>(PICKED, parameters);
      const devices = rows.map(({ device }) => device);
      const { org, fleet, templateVersion } = rollout;
      const target = { fleet, rollout: rollout.rollout, templateVersion, batch };
      await this.held.hold(
        transaction,
        devices.map((device) => ({ org, device, target })),
      );
      return devices;
    }
    const rows = await transaction.query<{ device: string }>(SELECT, [...parameters, batch]);
    return rows.map(({ device }) => device).sort();
  }
}

function parametersOf(rollout: RunningRollout): unknown[] {
  const { org, fleet, templateVersion, definition } = rollout;
  const { matchLabels, matchExpressions = [] }: LabelSelector = definition.selector ?? {};
  return [
    ...[org, fleet],
    matchLabels ? JSON.stringify(matchLabels) : null,
    matchExpressions.length > 0 ? JSON.stringify(matchExpressions) : null,
    ...[templateVersion, rollout.rollout],
  ];
}
