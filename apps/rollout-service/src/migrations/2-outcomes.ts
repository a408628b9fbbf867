import { timersTable } from '@skein/task';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What becomes of each selected device, counted per batch and rollout; time-outs; and devices
 * that a disruption budget holds back.
 */
export class Outcomes1800000000001 implements MigrationInterface {
  readonly name = 'Outcomes1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(timersTable('rollout'));
    for (const step of [fleets, rollouts, devices, held, counting, present, views]) {
      await runner.query(step);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

const fleets = `
alter table rollout.fleets
  add column rolled uuid,
  add column rolling boolean not null default false,
  add column timer_due timestamptz,
  add column groups_stale boolean not null default true,
  add column releasing boolean not null default false;
comment on column rollout.fleets.rolled is 'the template version of the latest rollout';
comment on column rollout.fleets.rolling is 'whether the latest rollout is running';
comment on column rollout.fleets.timer_due is 'when its devices are looked through for time-outs';
comment on column rollout.fleets.groups_stale is 'whether its budget groups are to be counted again';
comment on column rollout.fleets.releasing is 'whether more held devices can be selected than were at once';
update rollout.fleets f set rolled = r.template_version, rolling = r.state = 'active'
from rollout.rollouts r where r.org = f.org and r.rollout = f.rollout;
create index fleets_missed on rollout.fleets (org, fleet)
  where deleted and rolling
     or not deleted and name is not null and template_version is not null
        and template_version is distinct from rolled;
create index fleets_releasing on rollout.fleets (org, fleet) where releasing;
`;

const rollouts = `
alter table rollout.rollouts
  drop constraint rollouts_state_check,
  add constraint rollouts_state_check
    check (state in ('active', 'waiting', 'completed', 'superseded', 'stopped')),
  add column message text,
  add column waiting_since timestamptz,
  add column update_timeout interval not null default '24 hours',
  add column budget jsonb,
  add column error_threshold integer,
  add column selecting boolean not null default true,
  add column checked boolean not null default false,
  add column held integer not null default 0,
  add column waiting integer not null default 0,
  add column updated integer not null default 0,
  add column failed integer not null default 0;
comment on column rollout.rollouts.message is 'for a person: why it is in its state';
comment on column rollout.rollouts.selecting is
  'whether devices of the current batch are still to be named';
comment on column rollout.rollouts.checked is
  'whether the sweep saw that the last batch passed nobody over';
comment on column rollout.rollouts.held is
  'devices that wait for the disruption budget; this and the other counts end with the rollout';
drop index rollout.one_active_rollout;
create unique index one_running_rollout on rollout.rollouts (org, fleet)
  where state in ('active', 'waiting');
create index rollouts_selecting on rollout.rollouts (org, rollout)
  where selecting and state in ('active', 'waiting');
create index rollouts_unchecked on rollout.rollouts (org, rollout)
  where not checked and not selecting and state in ('active', 'waiting', 'completed');

alter table rollout.batches
  add column quota integer,
  add column taken integer not null default 0,
  add column cursor uuid,
  add column held integer not null default 0,
  add column waiting integer not null default 0,
  add column updated integer not null default 0,
  add column failed integer not null default 0;
comment on column rollout.batches.quota is
  'how many devices it takes at the most, counted when it began; null: all the rest';
comment on column rollout.batches.cursor is 'the last device that was looked at; null: it has not begun';
`;

// A device is updated only when the renderer has answered its last selection, and it reports that document.
const devices = `
alter table rollout.devices
  add column awaiting boolean not null default false,
  add column due_at timestamptz,
  add column timed_out_at timestamptz,
  add column problem text,
  add column problem_at timestamptz,
  add column problem_template_version uuid,
  add column problem_number bigint not null default 0,
  add column outcome text generated always as (
    case
      when target is null then null
      when not awaiting and rendered_template_version = target
        and rendered_version > 0 and reported_version >= rendered_version then 'updated'
      when timed_out_at is not null then 'failed'
      when not awaiting and problem_template_version = target and problem_number > rendered_number
        then 'failed'
      else 'waiting'
    end
  ) stored;
comment on column rollout.devices.awaiting is 'whether its last selection was not rendered yet';
comment on column rollout.devices.due_at is 'when its last selection times out';
comment on column rollout.devices.problem is
  'why it could not be rendered for problem_template_version';
update rollout.devices d set due_at = d.selected_at + r.update_timeout
from rollout.rollouts r where r.org = d.org and r.rollout = d.target_rollout;
drop index rollout.devices_of_owner;
drop index rollout.devices_of_batch;
drop index rollout.devices_not_updated;
create index devices_of_fleet on rollout.devices (org, owner, device) where not deleted;
create index devices_waiting on rollout.devices (org, owner, due_at)
  where outcome = 'waiting' and not deleted;
create index devices_failed on rollout.devices (org, target_rollout, device)
  where outcome = 'failed' and not deleted;
create index devices_relabelled on rollout.devices (org, device)
  where created and not deleted and owner is not null and matched_labels_version >= labels_version
    and target is not null and target_labels_version < matched_labels_version;
create index devices_unselected on rollout.devices (org, owner, device)
  where created and not deleted and owner is not null and target is null
    and matched_labels_version >= labels_version;
`;

const held = `
create table rollout.held (
  org uuid not null,
  device uuid not null,
  fleet uuid not null,
  rollout uuid not null,
  template_version uuid not null,
  batch integer,
  grp text not null,
  since timestamptz not null default now(),
  primary key (org, device)
);
comment on table rollout.held is 'devices that a rollout named and that its disruption budget holds back';
comment on column rollout.held.grp is 'the values of the labels of the budget, as a list in JSON';
create index on rollout.held (org, fleet, grp, batch, device);

create table rollout.groups (
  org uuid not null,
  fleet uuid not null,
  grp text not null,
  size integer not null,
  primary key (org, fleet, grp)
);
comment on table rollout.groups is 'how many devices each group of a disruption budget has';
`;

// Every statement that changes outcomes moves the counts, in the same transaction. Counts of ended rollouts stay.
const counting = `
create function rollout.count_outcomes() returns trigger language plpgsql as $$
begin
  with change as materialized (
    select org, rollout, batch, sum(waiting) as waiting, sum(updated) as updated, sum(failed) as failed
    from (
      select org, target_rollout as rollout, target_batch as batch, (outcome = 'waiting')::int as waiting,
             (outcome = 'updated')::int as updated, (outcome = 'failed')::int as failed
      from new_rows where target_rollout is not null and not deleted
      union all
      select org, target_rollout, target_batch, -(outcome = 'waiting')::int,
             -(outcome = 'updated')::int, -(outcome = 'failed')::int
      from old_rows where target_rollout is not null and not deleted
    ) c
    group by org, rollout, batch
    having sum(waiting) <> 0 or sum(updated) <> 0 or sum(failed) <> 0
  ), total as (
    update rollout.rollouts r
    set waiting = r.waiting + c.waiting, updated = r.updated + c.updated, failed = r.failed + c.failed
    from (
      select org, rollout, sum(waiting) as waiting, sum(updated) as updated, sum(failed) as failed
      from change group by org, rollout
    ) c
    where r.org = c.org and r.rollout = c.rollout and r.state in ('active', 'waiting')
  )
  update rollout.batches b
  set waiting = b.waiting + c.waiting, updated = b.updated + c.updated, failed = b.failed + c.failed
  from change c join rollout.rollouts r on r.org = c.org and r.rollout = c.rollout
  where b.org = c.org and b.rollout = c.rollout and b.batch = c.batch
    and r.state in ('active', 'waiting');
  return null;
end $$;
create trigger count_outcomes after update on rollout.devices
  referencing old table as old_rows new table as new_rows
  for each statement execute function rollout.count_outcomes();

create function rollout.count_held() returns trigger language plpgsql as $$
begin
  with change as materialized (
    select org, rollout, batch, count(*) * (case tg_op when 'INSERT' then 1 else -1 end) as held
    from changed group by org, rollout, batch
  ), total as (
    update rollout.rollouts r set held = r.held + c.held
    from (select org, rollout, sum(held) as held from change group by org, rollout) c
    where r.org = c.org and r.rollout = c.rollout
  )
  update rollout.batches b set held = b.held + c.held
  from change c where b.org = c.org and b.rollout = c.rollout and b.batch = c.batch;
  return null;
end $$;
create trigger count_held_more after insert on rollout.held
  referencing new table as changed for each statement execute function rollout.count_held();
create trigger count_held_less after delete on rollout.held
  referencing old table as changed for each statement execute function rollout.count_held();
`;

/** What is there already: rollouts that run while this migration comes. */
const present = `
update rollout.rollouts r set selecting = b.dispatched_at is null, checked = r.state <> 'active'
from rollout.batches b where b.org = r.org and b.rollout = r.rollout and b.batch = r.batch;
with counted as (
  select org, target_rollout as rollout, target_batch as batch,
         count(*) filter (where outcome = 'waiting') as waiting,
         count(*) filter (where outcome = 'updated') as updated
  from rollout.devices where not deleted and target_rollout is not null group by 1, 2, 3
), total as (
  update rollout.rollouts r set waiting = c.waiting, updated = c.updated
  from (select org, rollout, sum(waiting) as waiting, sum(updated) as updated
        from counted group by 1, 2) c
  where r.org = c.org and r.rollout = c.rollout
)
update rollout.batches b set waiting = c.waiting, updated = c.updated
from counted c where b.org = c.org and b.rollout = c.rollout and b.batch = c.batch;
with due as (
  select org, owner, min(due_at) as due_at from rollout.devices
  where outcome = 'waiting' and not deleted and owner is not null and due_at is not null
  group by org, owner
), timer as (
  insert into rollout.timers (org, kind, uid, due, origin)
  select org, 'fleet', owner, due_at, '{}' from due
)
update rollout.fleets f set timer_due = due.due_at
from due where f.org = due.org and f.fleet = due.owner;
`;

const views = `
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
comment on view rollout.waits is 'what each running rollout waits for, and since when';

create view rollout.waits_for_budget as
select org, fleet, rollout, batch, grp, count(*)::integer as held, min(since) as since
from rollout.held group by org, fleet, rollout, batch, grp;
comment on view rollout.waits_for_budget is 'devices that the disruption budget holds back, by its groups';
`;

const undo = `
drop view rollout.waits_for_budget;
drop view rollout.waits;
drop trigger count_outcomes on rollout.devices;
drop table rollout.held, rollout.groups, rollout.timers;
drop function rollout.count_outcomes, rollout.count_held;
drop index rollout.devices_of_fleet, rollout.devices_waiting, rollout.devices_failed,
  rollout.devices_relabelled, rollout.devices_unselected, rollout.fleets_missed,
  rollout.fleets_releasing, rollout.rollouts_selecting, rollout.rollouts_unchecked,
  rollout.one_running_rollout;
alter table rollout.devices drop column outcome, drop column awaiting, drop column due_at,
  drop column timed_out_at, drop column problem, drop column problem_at,
  drop column problem_template_version, drop column problem_number;
create index devices_of_owner on rollout.devices (org, owner) where not deleted;
create index devices_of_batch on rollout.devices (org, target_rollout, target_batch)
  where not deleted;
create index devices_not_updated on rollout.devices (org, target_rollout, target_batch)
  where not deleted and not updated;
alter table rollout.batches drop column quota, drop column taken, drop column cursor,
  drop column held, drop column waiting, drop column updated, drop column failed;
update rollout.rollouts set state = 'active' where state = 'waiting';
update rollout.rollouts set state = 'superseded' where state = 'stopped';
alter table rollout.rollouts
  drop constraint rollouts_state_check,
  add constraint rollouts_state_check check (state in ('active', 'completed', 'superseded')),
  drop column message, drop column waiting_since, drop column update_timeout,
  drop column budget, drop column error_threshold, drop column selecting, drop column checked,
  drop column held, drop column waiting, drop column updated, drop column failed;
create unique index one_active_rollout on rollout.rollouts (org, fleet) where state = 'active';
alter table rollout.fleets drop column rolled, drop column rolling, drop column timer_due,
  drop column groups_stale, drop column releasing;
`;
