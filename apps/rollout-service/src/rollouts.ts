import { Injectable } from '@nestjs/common';
import type { BatchDefinition, Plan, Progress, RolloutState, Subject } from '@skein/domain-rollout';
import type { RolloutPolicy } from '@skein/domain-resource';
import type { Transaction } from '@skein/postgres';
import type { ConcernedFleet } from './fleet-locks.js';

/** A fleet whose latest rollout is not what it should be. */
export interface OutdatedFleet {
  readonly org: string;
  readonly fleet: string;
  readonly deleted: boolean;
  readonly policy: RolloutPolicy | null;
  readonly templateVersion: string;
  /** The active rollout that has to end. */
  readonly active: string | null;
  readonly activeVersion: string | null;
}

/** An active rollout with its current batch. */
export interface ActiveRollout extends RolloutState, Progress, Omit<Subject, 'origin'> {
  readonly definition: BatchDefinition;
}

/** A rollout that begins. */
export interface NewRollout extends Omit<Subject, 'origin'> {
  readonly plan: Plan;
}

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as w (org, fleet)';

const OUTDATED = `
select f.org, f.fleet, f.deleted, f.policy, f.template_version as "templateVersion",
       a.rollout as active, a.template_version as "activeVersion"
from ${KEYS}
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
left join rollout.rollouts a on a.org = f.org and a.fleet = f.fleet and a.state = 'active'
where (f.deleted and a.rollout is not null)
   or (not f.deleted and f.name is not null and f.template_version is not null
       and f.template_version is distinct from r.template_version)
order by f.org, f.fleet`;

const END = `
update rollout.rollouts r set state = $3, ended_at = now(), reason = e.reason
from unnest($1::uuid[], $2::uuid[], $4::text[]) as e (org, rollout, reason)
where r.org = e.org and r.rollout = e.rollout`;

const START = `
with started as (
  insert into rollout.rollouts (org, rollout, fleet, template_version, strategy, last_batch)
  select org, rollout, fleet, template_version, strategy, last_batch
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::integer[])
    as s (org, rollout, fleet, template_version, strategy, last_batch)
  order by org, rollout
  returning org, rollout, fleet
)
update rollout.fleets f set rollout = s.rollout
from started s where f.org = s.org and f.fleet = s.fleet`;

const PLAN = `
insert into rollout.batches (org, rollout, batch, definition, threshold)
select org, rollout, batch, definition, threshold
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::jsonb[], $5::integer[])
  as p (org, rollout, batch, definition, threshold)
order by org, rollout, batch`;

/** The last batch waits for every device of the rollout, so nobody counts there. */
const ACTIVE = `
select r.org, r.rollout, r.fleet, r.template_version as "templateVersion", r.strategy,
       r.batch, r.last_batch as "lastBatch", b.definition, b.threshold,
       case when b.dispatched_at is not null then 'dispatched'
            when b.announced_at is not null then 'announced' else 'planned' end as phase,
       c.devices, c.succeeded,
       r.batch = r.last_batch and exists (
         select from rollout.devices d
         where d.org = r.org and d.target_rollout = r.rollout and not d.deleted and not d.updated
       ) as unfinished
from ${KEYS}
join rollout.rollouts r on r.org = w.org and r.fleet = w.fleet and r.state = 'active'
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
cross join lateral (
  select count(*) as devices, count(*) filter (where d.updated) as succeeded
  from rollout.devices d
  where r.batch < r.last_batch and d.org = r.org and d.target_rollout = r.rollout
    and d.target_batch = r.batch and not d.deleted
) c
order by r.org, r.fleet`;

function keysOf(fleets: readonly ConcernedFleet[]): unknown[] {
  return [fleets.map(({ org }) => org), fleets.map(({ fleet }) => fleet)];
}

/** The rollouts and their batches: history stays. */
@Injectable()
export class Rollouts {
  /** Of these fleets, those that have a newer template version than their rollout, or are deleted and still have one. */
  outdated(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<OutdatedFleet[]> {
    return transaction.query<OutdatedFleet>(OUTDATED, keysOf(fleets));
  }

  /** The active rollouts of these fleets. */
  active(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<ActiveRollout[]> {
    return transaction.query<ActiveRollout>(ACTIVE, keysOf(fleets));
  }

  async supersede(
    transaction: Transaction,
    ended: readonly { org: string; rollout: string; reason: string }[],
  ): Promise<void> {
    if (ended.length > 0) await this.end(transaction, 'superseded', ended);
  }

  complete(transaction: Transaction, { org, rollout }: ActiveRollout): Promise<void> {
    return this.end(transaction, 'completed', [{ org, rollout, reason: null }]);
  }

  async start(transaction: Transaction, rollouts: readonly NewRollout[]): Promise<void> {
    if (rollouts.length === 0) return;
    await transaction.query(START, [
      rollouts.map(({ org }) => org),
      rollouts.map(({ rollout }) => rollout),
      rollouts.map(({ fleet }) => fleet),
      rollouts.map(({ templateVersion }) => templateVersion),
      rollouts.map(({ plan }) => plan.strategy),
      rollouts.map(({ plan }) => plan.batches.length),
    ]);
    const batches = rollouts.flatMap(({ org, rollout, plan }) =>
      plan.batches.map((planned, index) => ({ org, rollout, batch: index + 1, ...planned })),
    );
    await transaction.query(PLAN, [
      batches.map(({ org }) => org),
      batches.map(({ rollout }) => rollout),
      batches.map(({ batch }) => batch),
      batches.map(({ definition }) => JSON.stringify(definition)),
      batches.map(({ threshold }) => threshold),
    ]);
  }

  /** Makes a batch the current one. */
  async announce(transaction: Transaction, { org, rollout }: ActiveRollout, batch: number) {
    await transaction.query(
      'update rollout.rollouts set batch = $3 where org = $1 and rollout = $2',
      [org, rollout, batch],
    );
    await this.mark(transaction, { org, rollout, batch }, 'announced_at');
  }

  /** Notes when the batch came so far. */
  async mark(
    transaction: Transaction,
    { org, rollout, batch }: Pick<ActiveRollout, 'org' | 'rollout' | 'batch'>,
    column: 'announced_at' | 'dispatched_at' | 'completed_at',
  ): Promise<void> {
    await transaction.query(
      `update rollout.batches set ${column} = now() where org = $1 and rollout = $2 and batch = $3`,
      [org, rollout, batch],
    );
  }

  private async end(
    transaction: Transaction,
    state: 'completed' | 'superseded',
    ended: readonly { org: string; rollout: string; reason: string | null }[],
  ): Promise<void> {
    await transaction.query(END, [
      ended.map(({ org }) => org),
      ended.map(({ rollout }) => rollout),
      state,
      ended.map(({ reason }) => reason),
    ]);
  }
}
