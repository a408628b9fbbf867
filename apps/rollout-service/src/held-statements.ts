/** The statements of devices that a disruption budget holds back. $1 organisations, $2 fleets or devices. */
import { HALTED } from './rollout-statements.js';
import { SELECTED } from './targets.js';

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as w (org, fleet)';

/** The labels of the budget of each fleet's latest rollout. */
const LABELS = `array(select jsonb_array_elements_text(coalesce(r.budget -> 'groupBy', '[]')))`;

/** The group of the device \`d\`: the values of the labels \`keys\`, empty ones for labels that it does not have. */
const groupOf = (keys: string) => `(
  select coalesce(jsonb_agg(coalesce(d.labels ->> k.key, '') order by k.place), '[]')::text
  from unnest(${keys}) with ordinality as k (key, place))`;

/** Devices on their way; each of them is due some time, which leads to the index that has nobody else. */
const MOVING = `d.outcome = 'waiting' and not d.deleted and d.due_at > '-infinity'`;

/** What another rollout wanted of the devices is over. */
export const UNHOLD = `
delete from rollout.held h
using unnest($1::uuid[], $2::uuid[]) as w (org, device), rollout.fleets f
where h.org = w.org and h.device = w.device and f.org = h.org and f.fleet = h.fleet
  and h.rollout is distinct from f.rollout`;

/** What the latest rollout wants goes before new labels of the version that the device has: it brings both. */
export const HOLD = `
insert into rollout.held as h (org, device, fleet, rollout, template_version, batch, grp)
select w.org, w.device, w.fleet, w.rollout, w.version, w.batch, ${groupOf(LABELS)}
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::integer[])
  as w (org, device, fleet, rollout, version, batch)
join rollout.devices d on d.org = w.org and d.device = w.device
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
order by w.org, w.device
on conflict (org, device) do update set grp = excluded.grp`;

export const LEFT = `
delete from rollout.held h
using unnest($1::uuid[], $2::uuid[]) as w (org, device), rollout.devices d
where h.org = w.org and h.device = w.device and d.org = h.org and d.device = h.device
  and (d.deleted or d.owner is distinct from h.fleet)`;

export const STALE = `
update rollout.fleets f set groups_stale = true
from ${KEYS}, rollout.rollouts r
where f.org = w.org and f.fleet = w.fleet and not f.groups_stale
  and r.org = f.org and r.rollout = f.rollout and r.budget is not null`;

/** Fleets of which devices are held and may be selected, and whether their groups are to be counted again. */
export const HOLDING = `
select f.org, f.fleet, f.groups_stale as stale
from ${KEYS}
join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout and not ${HALTED}
cross join lateral (
  select from rollout.held h where h.org = f.org and h.fleet = f.fleet limit 1) holding
order by f.org, f.fleet`;

export const FORGET_GROUPS = `
delete from rollout.groups g using ${KEYS} where g.org = w.org and g.fleet = w.fleet`;

export const COUNT_GROUPS = `
with fleet as materialized (
  select f.org, f.fleet, ${LABELS} as keys
  from ${KEYS}
  join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
  left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
), device as materialized (
  select d.org, d.device, f.fleet, ${groupOf('f.keys')} as grp
  from fleet f
  join rollout.devices d on d.org = f.org and d.owner = f.fleet and d.created and not d.deleted
), moved as (
  update rollout.held h set grp = d.grp from device d
  where h.org = d.org and h.device = d.device and h.grp <> d.grp
), counted as (
  update rollout.fleets f set groups_stale = false
  from ${KEYS} where f.org = w.org and f.fleet = w.fleet
)
insert into rollout.groups (org, fleet, grp, size)
select org, fleet, grp, count(*) from device group by org, fleet, grp order by org, fleet, grp`;

/** The groups with held devices: one of them is looked for, by `limit 1`, and not joined with all. */
export const GROUPS = `
with fleet as materialized (
  select f.org, f.fleet, r.budget, ${LABELS} as keys
  from ${KEYS}
  join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
  left join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout
), away as materialized (
  select org, fleet, grp, count(*) as devices
  from (
    select d.org, f.fleet, ${groupOf('f.keys')} as grp
    from fleet f
    join rollout.devices d on d.org = f.org and d.owner = f.fleet and ${MOVING}
  ) g
  group by org, fleet, grp
)
select g.org, g.fleet, g.grp as "group", g.size, coalesce(a.devices, 0) as unavailable, f.budget
from fleet f
join rollout.groups g on g.org = f.org and g.fleet = f.fleet
left join away a on a.org = g.org and a.fleet = g.fleet and a.grp = g.grp
cross join lateral (
  select from rollout.held h
  where h.org = g.org and h.fleet = g.fleet and h.grp = g.grp limit 1) holding
order by g.org, g.fleet, g.grp`;

/**
 * Takes as many of each group as there is room for, in the order of batches and devices, and those that are on their way
 * already: they are unavailable anyway. Of the latter, one whose last selection for the same version is not rendered yet
 * waits for that: the answer to it would look like the one to the next. `offset 0` keeps to primary keys: there are no
 * statistics yet of a table that was empty a second ago.
 */
export const RELEASE = `
with next as (
  select h.org, h.device
  from unnest($3::uuid[], $4::uuid[], $5::text[], $6::integer[]) as room (org, fleet, grp, devices)
  cross join lateral (
    select h.org, h.device
    from rollout.held h
    cross join lateral (
      select * from rollout.devices d where d.org = h.org and d.device = h.device offset 0) d
    where h.org = room.org and h.fleet = room.fleet and h.grp = room.grp
      and d.owner = h.fleet and d.created and not d.deleted
      and d.matched_labels_version >= d.labels_version and d.outcome is distinct from 'waiting'
    order by h.batch, h.device limit room.devices
  ) h
), moving as materialized (
  select d.org, d.device, d.owner, d.target, d.awaiting
  from ${KEYS}
  join rollout.devices d on d.org = w.org and d.owner = w.fleet and ${MOVING}
    and d.created and d.matched_labels_version >= d.labels_version
), already as (
  select m.org, m.device
  from moving m
  cross join lateral (
    select * from rollout.held h where h.org = m.org and h.device = m.device offset 0) h
  where h.fleet = m.owner and (not m.awaiting or m.target <> h.template_version)
  limit $7
), gone as (
  delete from rollout.held h
  using (select * from next union all select * from already) t
  where h.org = t.org and h.device = t.device
  returning h.*
)
update rollout.devices d
set target = g.template_version, target_rollout = g.rollout, target_batch = g.batch, ${SELECTED}
from gone g join rollout.rollouts r on r.org = g.org and r.rollout = g.rollout
where d.org = g.org and d.device = g.device
returning g.org, g.fleet, g.rollout, g.template_version as "templateVersion", g.batch, g.device`;

/** What was held up was looked at. */
export const RESUMED = `
update rollout.fleets f set resuming = false
from ${KEYS} where f.org = w.org and f.fleet = w.fleet and f.resuming`;

export const RELEASING = `
update rollout.fleets f set releasing = $3
from ${KEYS} where f.org = w.org and f.fleet = w.fleet and f.releasing <> $3`;
