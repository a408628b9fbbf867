import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people ask of rollouts: pause, approve, abort, retry, another template version, and that nothing is dispatched at
 * all; and which devices are silent.
 */
export class Control1800000000002 implements MigrationInterface {
  readonly name = 'Control1800000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const step of [fleets, rollouts, devices, shown]) await runner.query(step);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

const fleets = `
create table rollout.organisations (
  org uuid primary key,
  frozen boolean not null default false,
  frozen_number bigint not null default 0,
  reason text,
  actor text,
  since timestamptz
);
comment on column rollout.organisations.frozen is 'whether nothing is dispatched';

alter table rollout.fleets
  add column pinned uuid,
  add column pinned_generation bigint not null default 0,
  add column request_immediate boolean not null default false,
  add column request_number bigint not null default 0,
  add column rolled_request bigint not null default 0,
  add column resuming boolean not null default false;
alter table rollout.fleets
  add column wanted uuid generated always as (
    case when pinned is not null and pinned_generation >= generation then pinned else template_version end
  ) stored;
comment on column rollout.fleets.pinned is 'an earlier template version that somebody wants, until the template changes';
comment on column rollout.fleets.request_number is 'of the last wish for a rollout';
comment on column rollout.fleets.rolled_request is 'of the last wish that a rollout began for';
comment on column rollout.fleets.resuming is 'whether it is to be looked at, since dispatching goes on';
drop index rollout.fleets_missed;
create index fleets_missed on rollout.fleets (org, fleet)
  where deleted and rolling
     or not deleted and name is not null and wanted is not null
        and (wanted is distinct from rolled or request_number > rolled_request);
create index fleets_resuming on rollout.fleets (org, fleet) where resuming;
`;

const rollouts = `
alter table rollout.rollouts
  add column paused boolean not null default false,
  add column paused_number bigint not null default 0,
  add column paused_at timestamptz,
  add column paused_by text,
  add column pause_reason text,
  add column approved integer not null default 0,
  add column abort_message text,
  add column retry_before timestamptz;
comment on column rollout.rollouts.approved is 'the last batch that a person has approved';
comment on column rollout.rollouts.abort_message is 'who ended it, and why';
comment on column rollout.rollouts.retry_before is
  'failed devices that were selected before are to be selected again';
create index rollouts_of_fleet on rollout.rollouts (org, fleet, rollout);
create index rollouts_retrying on rollout.rollouts (org, rollout) where retry_before is not null;
alter table rollout.batches
  add column approval text not null default 'Automatic' check (approval in ('Automatic', 'Manual'));
`;

const devices = `
alter table rollout.devices
  add column connected boolean not null default true,
  add column connected_number bigint not null default 0;
drop index rollout.devices_failed;
create index devices_failed on rollout.devices (org, owner, device)
  where outcome = 'failed' and not deleted;
`;

/** What the gateway shows: these views are its contract with this service, and nothing decides by them. */
const shown = `
drop view rollout.waits;

create view rollout.shown_rollouts as
select r.org, r.rollout, r.fleet, r.template_version, r.strategy, r.state, r.batch, r.last_batch, r.started_at,
       r.ended_at, r.reason, r.message, r.update_timeout, r.budget, r.error_threshold, f.rollout = r.rollout as latest,
       r.held, r.waiting, r.updated, r.failed, w.*
from rollout.rollouts r
join rollout.fleets f on f.org = r.org and f.fleet = r.fleet
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
left join rollout.organisations o on o.org = r.org
cross join lateral (
  select case
      when r.state not in ('active', 'waiting') then null
      when r.paused then 'Paused'
      when o.frozen then 'Frozen'
      when r.state = 'waiting' then r.reason
      when b.dispatched_at is null then 'Selection'
      when r.waiting = 0 and r.held > 0 then 'DisruptionBudget'
      else 'Devices'
    end as wait_reason,
    case
      when r.paused then r.paused_at
      when o.frozen then o.since
      when r.state = 'waiting' then r.waiting_since
      else coalesce(b.dispatched_at, b.announced_at, r.started_at)
    end as wait_since,
    case when r.paused then r.paused_by when o.frozen then o.actor end as halted_by,
    case when r.paused then r.pause_reason when o.frozen then o.reason end as halt_reason
) w;
comment on view rollout.shown_rollouts is 'every rollout, what a running one waits for, and since when';

create view rollout.shown_batches as
select org, rollout, batch, definition, threshold, approval, announced_at, dispatched_at, completed_at,
       held, waiting, updated, failed
from rollout.batches;

create view rollout.shown_devices as
select r.org, r.rollout, d.device, d.target_batch as batch, d.outcome, d.selected_at as since, d.due_at,
       d.awaiting, d.problem, d.connected, null::text as grp
from rollout.rollouts r
join rollout.devices d on d.org = r.org and d.owner = r.fleet and d.target_rollout = r.rollout and not d.deleted
union all
select h.org, h.rollout, h.device, h.batch, 'held', h.since, null, false, null, d.connected, h.grp
from rollout.held h
join rollout.devices d on d.org = h.org and d.device = h.device;
create index held_of_rollout on rollout.held (org, rollout, device);
`;

/** As it was. */
const waits = `
create view rollout.waits as
select r.org, r.rollout, r.fleet, r.template_version, r.state, r.batch, b.threshold,
       case
         when r.state = 'waiting' then r.reason
         when b.dispatched_at is null then 'Selection'
         when r.waiting = 0 and r.held > 0 then 'DisruptionBudget'
         else 'Devices'
       end as reason,
       case
         when r.state = 'waiting' then r.waiting_since
         else coalesce(b.dispatched_at, b.announced_at, r.started_at)
       end as since,
       b.held as batch_held, b.waiting as batch_waiting, b.updated as batch_updated, b.failed as batch_failed,
       r.held, r.waiting, r.updated, r.failed
from rollout.rollouts r
join rollout.batches b on b.org = r.org and b.rollout = r.rollout and b.batch = r.batch
where r.state in ('active', 'waiting');
`;

const undo = `
drop view rollout.shown_devices;
drop index rollout.held_of_rollout;
drop view rollout.shown_batches;
drop view rollout.shown_rollouts;
${waits}
drop index rollout.devices_failed;
alter table rollout.devices drop column connected, drop column connected_number;
create index devices_failed on rollout.devices (org, target_rollout, device)
  where outcome = 'failed' and not deleted;
alter table rollout.batches drop column approval;
drop index rollout.rollouts_retrying, rollout.rollouts_of_fleet;
alter table rollout.rollouts drop column paused, drop column paused_number, drop column paused_at,
  drop column paused_by, drop column pause_reason, drop column approved, drop column abort_message,
  drop column retry_before;
drop index rollout.fleets_missed, rollout.fleets_resuming;
alter table rollout.fleets drop column wanted;
alter table rollout.fleets drop column pinned, drop column pinned_generation, drop column request_immediate,
  drop column request_number, drop column rolled_request, drop column resuming;
create index fleets_missed on rollout.fleets (org, fleet)
  where deleted and rolling
     or not deleted and name is not null and template_version is not null
        and template_version is distinct from rolled;
drop table rollout.organisations;
`;
