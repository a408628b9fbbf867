/** The statements of rollouts and their batches. $1 organisations, $2 fleets or rollouts. */
const KEYS = 'unnest($1::uuid[], $2::uuid[]) as w (org, fleet)';

export const OUTDATED = `
select f.org, f.fleet, f.deleted, f.policy, f.wanted as "templateVersion",
       f.request_number > f.rolled_request as requested,
       f.request_number > f.rolled_request and f.request_immediate as immediate,
       a.rollout as running, a.template_version as "runningVersion"
from ${KEYS}
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
left join rollout.rollouts a on a.org = f.org and a.fleet = f.fleet and a.state in ('active', 'waiting')
where (f.deleted and f.rolling)
   or (not f.deleted and f.name is not null and f.wanted is not null
       and (f.wanted is distinct from f.rolled or f.request_number > f.rolled_request))
order by f.org, f.fleet`;

/** Devices that it held back are free, but not those that only wait to get new labels into the version that they have. */
export const END = `
with ended as (
  update rollout.rollouts r
  set state = $3, ended_at = now(), reason = e.reason, message = e.message, waiting_since = null, retry_before = null
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

export const START = `
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
set rollout = s.rollout, rolled = s.template_version, rolled_request = f.request_number, rolling = true,
    groups_stale = true
from started s where f.org = s.org and f.fleet = s.fleet`;

export const PLAN = `
insert into rollout.batches (org, rollout, batch, definition, threshold, approval)
select org, rollout, batch, definition, threshold, approval
from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::jsonb[], $5::integer[], $6::text[])
  as p (org, rollout, batch, definition, threshold, approval)
order by org, rollout, batch`;

/** Whether nothing of the running rollout \`r\` may be dispatched. */
export const HALTED = `(r.paused and r.state in ('active', 'waiting') or exists (
  select from rollout.organisations o where o.org = r.org and o.frozen))`;

const outcomes = (row: string) => `json_build_object(
  'held', ${row}.held, 'waiting', ${row}.waiting, 'updated', ${row}.updated, 'failed', ${row}.failed)`;

/** Every count stands in the rows: an event about a device moved them. */
export const RUNNING = `
select r.org, r.rollout, r.fleet, r.template_version as "templateVersion", r.strategy,
       r.batch, r.last_batch as "lastBatch", r.state = 'waiting' as "standsStill",
       r.error_threshold as "errorThreshold", r.budget is not null as budgeted,
       ${HALTED} as halted, r.abort_message is not null as aborted, r.abort_message as "abortMessage",
       json_build_object(
         'current', b.approval = 'Manual' and r.approved < r.batch,
         'next', coalesce(n.approval = 'Manual' and r.approved <= r.batch, false)) as unapproved,
       b.definition, b.threshold, b.quota, b.taken, b.cursor,
       case when b.dispatched_at is not null then 'dispatched'
            when b.announced_at is not null then 'announced' else 'planned' end as phase,
       ${outcomes('b')} as "ofBatch", ${outcomes('r')} as "ofRollout"
from ${KEYS}
join rollout.rollouts r on r.org = w.org and r.fleet = w.fleet and r.state in ('active', 'waiting')
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
left join rollout.batches n on n.org = r.org and n.rollout = r.rollout and n.batch = r.batch + 1
order by r.org, r.fleet`;

export const ANNOUNCE = `
with current as (
  update rollout.rollouts
  set batch = $3, selecting = true, state = 'active', reason = null, message = null, waiting_since = null
  where org = $1 and rollout = $2
)
update rollout.batches set announced_at = now() where org = $1 and rollout = $2 and batch = $3`;

export const STAND_STILL = `
update rollout.rollouts set state = 'waiting', reason = $3, message = $4, waiting_since = now()
where org = $1 and rollout = $2`;

/** Nothing is named for a batch that nobody has approved. */
export const AWAIT_APPROVAL = `
update rollout.rollouts
set state = 'waiting', reason = $4, message = $5, waiting_since = now(), batch = $3, selecting = false
where org = $1 and rollout = $2`;
