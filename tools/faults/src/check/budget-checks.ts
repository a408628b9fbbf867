import type { Check } from './checks.js';
import { events, members } from './views/view.js';

/**
 * The disruption budget, in the log alone. It is judged where devices are selected, by the numbers of the events, and so
 * that whatever the rollout service had not heard by then speaks for it:
 *
 * - Whatever it has heard, and whatever it said before, has a smaller number than what it says now. So a device that is on
 *   its way by the log, with no word before that number of how it ended, is on its way for the service, too; the opposite
 *   need not be. What was said last before a number says nothing of what was heard: after a kill, events that the dead process
 *   had in hand are handled seconds after newer ones. So nothing here follows from what caused an event.
 * - A device counts from its selection until the first word that may end it: it was rendered and reported (at any time, if for
 *   this template version), could not be rendered, timed out, was deleted, left the fleet, or has labels of another group. Once
 *   it has left a fleet, or changed its group, it counts no more at all: the service may have heard of that, or not.
 * - What nobody can hold back is not counted: a device that falls back to an older document, or gets a newer one for
 *   what it has, is not on its way a second time.
 * - A group is as large as it may seem to the service: all devices that were ever in the fleet, and ever had these labels.
 * - Devices that are on their way for the service already can be selected again when there is no room, also in a budget that has
 *   become smaller. So a group is judged where it gets one that surely was not: it was never selected before; or its last
 *   selection had timed out; or the rollout of that one was completed, and it was rendered once at most, and never fell back.
 *   With it the service had room for all that it selected there, so that all that count must be within the budget.
 *
 * The budget is that of the fleet's latest rollout, as its first event says it.
 */
const history = `
with started as materialized (
  select uid as rollout, (data ->> 'fleet')::uuid as fleet, number as since,
         lead(number) over (partition by data ->> 'fleet' order by number) as until,
         data -> 'plan' -> 'disruptionBudget' as budget
  from ${events('all', 'rollout.started')} e
), period as materialized (
  select since as period, fleet, coalesce(until, ${Number.MAX_SAFE_INTEGER}) as until,
         (budget ->> 'minAvailable')::integer as least, (budget ->> 'maxUnavailable')::integer as most,
         array(select json_array_elements_text(coalesce(budget -> 'groupBy', '[]'))) as keys
  from started where json_typeof(budget) = 'object'
), selection as materialized (
  select number, uid as device, subject as rollout, (data ->> 'fleet')::uuid as fleet,
         data ->> 'templateVersion' as version, lag(number) over device as before,
         lag(subject) over device as former, lead(number) over device as next
  from ${members('all', 'rollout.devices-selected')} m
  window device as (partition by uid order by number)
), label as materialized (
  select uid as device, number, data -> 'labels' as labels
  from ${events('all', 'device.created', 'device.labels-updated')} e
), match as materialized (
  select uid as device, number, (member ->> 'owner')::uuid as owner
  from ${members('all', 'matching.devices-matched')} m
), came as materialized (
  select owner as fleet, device, min(number) as number from match
  where owner in (select fleet from period) group by owner, device
), deleted as materialized (
  select uid as device, min(number) as number from ${events('all', 'device.deleted')} e group by uid
), gone as materialized (
  select c.fleet, c.device, least(min(m.number), min(d.number)) as number
  from came c
  left join match m on m.device = c.device and m.number > c.number and m.owner is distinct from c.fleet
  left join deleted d on d.device = c.device
  group by c.fleet, c.device
), place as materialized (
  select p.period, l.device, l.number, (
           select coalesce(jsonb_agg(coalesce(l.labels ->> k.key, '') order by k.place), '[]')::text
           from unnest(p.keys) with ordinality k (key, place)) as grp
  from period p join came c on c.fleet = p.fleet join label l on l.device = c.device
), first as materialized (
  select distinct on (period, device) period, device, grp from place order by period, device, number
), sure as materialized (
  -- The one group of a device, and the number from which on it is not sure that it is still there.
  select f.period, f.device, f.grp, least(g.number, m.number) as until
  from first f
  join period p using (period)
  join gone g on g.fleet = p.fleet and g.device = f.device
  left join (
    select l.period, l.device, min(l.number) as number
    from place l join first f using (period, device) where l.grp <> f.grp group by 1, 2
  ) m on m.period = f.period and m.device = f.device
)`;

/** How selections ended, at the earliest, and which of them were surely not of devices on their way already. */
const outcomes = `
, answer as materialized (
  select uid as device, number, data ->> 'templateVersion' as version,
         (member ->> 'renderedVersion')::bigint as rendered
  from ${members('all', 'rendering.devices-rendered', 'rendering.devices-failed')} m
), report as materialized (
  select uid as device, number, (data ->> 'renderedVersion')::bigint as reported
  from ${events('all', 'device.status-reported')} e
), settled as materialized (
  select device, version, min(number) as number
  from (
    select a.device, a.version, greatest(a.number, r.number) as number
    from answer a join report r on r.device = a.device and r.reported >= a.rendered
    union all
    select device, version, number from answer where rendered is null
  ) s group by device, version
), timed_out as materialized (
  select uid as device, number from ${members('all', 'rollout.devices-timed-out')} m
), ended as materialized (
  select s.number, s.device, least(min(e.number), min(t.number)) as until
  from selection s
  left join settled e on e.device = s.device and e.version = s.version
  left join timed_out t on t.device = s.device and t.number > s.number
  group by s.number, s.device
), completed as materialized (
  select uid as rollout, min(number) as number from ${events('all', 'rollout.completed')} e group by uid
), fell as materialized (
  select device, min(number) as number
  from (
    select device, number, reported < max(reported) over (
      partition by device order by number rows between unbounded preceding and 1 preceding) as fell
    from report
  ) r where fell group by device
), answers as materialized (
  select s.number, s.device, count(*) as count
  from selection s join answer a on a.device = s.device and a.number between s.before and s.number
  group by s.number, s.device
), fresh as materialized (
  select distinct s.number, s.device, s.fleet
  from selection s
  left join timed_out t on t.device = s.device and t.number between s.before and s.number
  left join completed c on c.rollout = s.former and c.number between s.before and s.number
  left join fell f on f.device = s.device and f.number < s.number
  left join answers a on a.number = s.number and a.device = s.device
  where s.before is null or t.number is not null
     or c.number is not null and f.number is null and coalesce(a.count, 0) <= 1
)`;

/** Each group where it is judged: how many of it are on their way by then, and how many may be. */
const judged = `
, looked as materialized (
  select distinct p.period, s.grp, f.number
  from fresh f
  join period p on p.fleet = f.fleet and f.number > p.period and f.number < p.until
  join sure s on s.period = p.period and s.device = f.device and coalesce(f.number < s.until, true)
), way as materialized (
  select p.period, h.grp, greatest(s.number, p.period) as since, least(e.until, s.next, h.until) as until
  from selection s
  join ended e using (number, device)
  join period p on p.fleet = s.fleet and s.number < p.until
  join sure h on h.period = p.period and h.device = s.device
), change as (
  select period, grp, since as number, 1 as away, 0 as size from way where coalesce(since < until, true)
  union all
  select period, grp, until, -1, 0 from way where since < until
  union all
  select l.period, l.grp, greatest(c.number, min(l.number)), 0, 1
  from place l join period p using (period) join came c on c.fleet = p.fleet and c.device = l.device
  group by l.period, l.grp, c.number, l.device
  union all
  select period, grp, number, 0, 0 from looked
), course as materialized (
  select period, grp, number, sum(sum(away)) over later as away, sum(sum(size)) over later as size
  from change group by period, grp, number
  window later as (partition by period, grp order by number)
), judged as (
  select p.fleet, c.grp, c.number, c.away,
         least(p.most, case when p.least is null then c.size else greatest(c.size - p.least, 1) end) as most
  from looked join course c using (period, grp, number) join period p using (period)
)`;

/** Rows of a group, a number, how many are on their way then, and how many may be: what the check below looks at. */
export const judgedBudgets = `${history}${outcomes}${judged} select * from judged`;

export const budgetHeld: Check = {
  name: 'more devices on their way than the disruption budget lets',
  sql: `select fleet || ' ' || grp || ' at ' || number || ': ' || away || ', not ' || most as what
        from (${judgedBudgets}) j where away > most order by number`,
};
