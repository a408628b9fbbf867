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
  /** The running rollout that has to end. */
  readonly running: string | null;
  readonly runningVersion: string | null;
}

/** A running rollout with its current batch. */
export interface RunningRollout extends RolloutState, Progress, Omit<Subject, 'origin'> {
  readonly definition: BatchDefinition;
  /** Whether a disruption budget says how many devices may be on their way. */
  readonly budgeted: boolean;
  /** The most devices that the current batch takes; null: all the rest, or not counted yet. */
  readonly quota: number | null;
  /** How many it has taken. */
  readonly taken: number;
  /** The last device that was looked at for it; null before it begins. */
  readonly cursor: string | null;
}

/** A rollout that begins. */
export interface NewRollout extends Omit<Subject, 'origin'> {
  readonly plan: Plan;
}

/** A rollout that ends. */
interface Ended {
  readonly org: string;
  readonly rollout: string;
  readonly reason: string | null;
  readonly message: string | null;
}

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as w (org, fleet)';

const OUTDATED = `
select f.org, f.fleet, f.deleted, f.policy, f.template_version as "templateVersion",
       a.rollout as running, a.template_version as "runningVersion"
from ${KEYS}
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
left join rollout.rollouts a on a.org = f.org and a.fleet = f.fleet and a.state in ('active', 'waiting')
where (f.deleted and f.rolling)
   or (not f.deleted and f.name is not null and f.template_version is not null
       and f.template_version is distinct from f.rolled)
order by f.org, f.fleet`;

/** Devices that it held back are free, but not those that only wait to get new labels into the version that they have. */
const END = `
with ended as (
  update rollout.rollouts r
  set state = $3, ended_at = now(), reason = e.reason, message = e.message, waiting_since = null
  from unnest($1::uuid[], $2::uuid[], $4::text[], $5::text[]) as e (org, rollout, reason, message)
  where r.org = e.org and r.rollout = e.rollout
  returning r.org, r.rollout, r.fleet
), freed as (
  delete from rollout.held h using ended e, rollout.devices d
  where h.org = e.org and h.fleet = e.fleet and h.rollout = e.rollout
    and d.org = h.org and d.device = h.device
    and d.target_rollout is distinct from h.rollout
)
update rollout.fleets f set rolling = false
from ended e where f.org = e.org and f.fleet = e.fleet`;

const START = `
with started as (
  insert into rollout.rollouts
    (org, rollout, fleet, template_version, strategy, last_batch, update_timeout, budget, error_threshold)
  select org, rollout, fleet, template_version, strategy, last_batch,
         make_interval(secs => timeout / 1000.0), budget, error_threshold
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::integer[],
              $7::bigint[], $8::jsonb[], $9::integer[])
    as s (org, rollout, fleet, template_version, strategy, last_batch, timeout, budget, error_threshold)
  order by org, rollout
  returning org, rollout, fleet, template_version
)
update rollout.fleets f
set rollout = s.rollout, rolled = s.template_version, rolling = true, groups_stale = true
from started s where f.org = s.org and f.fleet = s.fleet`;

const PLAN = `
insert into rollout.batches (org, rollout, batch, definition, threshold)
select org, rollout, batch, definition, threshold
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::jsonb[], $5::integer[])
  as p (org, rollout, batch, definition, threshold)
order by org, rollout, batch`;

const outcomes = (row: string) => `json_build_object(
  'held', ${row}.held, 'waiting', ${row}.waiting, 'updated', ${row}.updated, 'failed', ${row}.failed)`;

/** Every count stands in the rows: an event about a device moved them. */
const RUNNING = `
select r.org, r.rollout, r.fleet, r.template_version as "templateVersion", r.strategy,
       r.batch, r.last_batch as "lastBatch", r.state = 'waiting' as "standsStill",
       r.error_threshold as "errorThreshold", r.budget is not null as budgeted,
       b.definition, b.threshold, b.quota, b.taken, b.cursor,
       case when b.dispatched_at is not null then 'dispatched'
            when b.announced_at is not null then 'announced' else 'planned' end as phase,
       ${outcomes('b')} as "ofBatch", ${outcomes('r')} as "ofRollout"
from ${KEYS}
join rollout.rollouts r on r.org = w.org and r.fleet = w.fleet and r.state in ('active', 'waiting')
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
order by r.org, r.fleet`;

const ANNOUNCE = `
with current as (
  update rollout.rollouts
  set batch = $3, selecting = true, state = 'active', reason = null, message = null, waiting_since = null
  where org = $1 and rollout = $2
)
update rollout.batches set announced_at = now() where org = $1 and rollout = $2 and batch = $3`;

const STAND_STILL = `
update rollout.rollouts set state = 'waiting', reason = $3, message = $4, waiting_since = now()
where org = $1 and rollout = $2`;

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

  /** The running rollouts of these fleets. */
  running(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<RunningRollout[]> {
    return transaction.query<RunningRollout>(RUNNING, keysOf(fleets));
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
      rollouts.map(({ plan }) => plan.updateTimeoutMs),
      rollouts.map(({ plan }) => plan.budget && JSON.stringify(plan.budget)),
      rollouts.map(({ plan }) => plan.errorThreshold),
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

  /** Makes a batch the current one; whatever the rollout waited for is over. */
  async announce(
    transaction: Transaction,
    { org, rollout }: Pick<RunningRollout, 'org' | 'rollout'>,
    batch: number,
  ): Promise<void> {
    await transaction.query(ANNOUNCE, [org, rollout, batch]);
  }

  async completeBatch(
    transaction: Transaction,
    { org, rollout, batch }: RunningRollout,
  ): Promise<void> {
    await transaction.query(
      'update rollout.batches set completed_at = now() where org = $1 and rollout = $2 and batch = $3',
      [org, rollout, batch],
    );
  }

  /** Notes that nothing moves the rollout on by itself, and why. */
  async standStill(
    transaction: Transaction,
    { org, rollout }: RunningRollout,
    { reason, message }: { readonly reason: string; readonly message: string },
  ): Promise<void> {
    await transaction.query(STAND_STILL, [org, rollout, reason, message]);
  }

  async end(
    transaction: Transaction,
    state: 'completed' | 'superseded' | 'stopped',
    ended: readonly Ended[],
  ): Promise<void> {
    if (ended.length === 0) return;
    await transaction.query(END, [
      ended.map(({ org }) => org),
      ended.map(({ rollout }) => rollout),
      state,
      ended.map(({ reason }) => reason),
      ended.map(({ message }) => message),
    ]);
  }
}
