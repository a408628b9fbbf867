import type { Check } from './checks.js';
import { events, members } from './views/view.js';

const started = events('all', 'rollout.started');
const dispatched = events('all', 'rollout.batch-dispatched');
const completed = events('all', 'rollout.completed');
const ended = events('all', 'rollout.completed', 'rollout.superseded', 'rollout.stopped');
const policies = events('all', 'fleet.created', 'fleet.rollout-policy-updated');
const selections = members('all', 'rollout.devices-selected');
const rendered = members('all', 'rendering.devices-rendered');
const problems = members('all', 'rendering.devices-failed');
const answers = members('all', 'rendering.devices-rendered', 'rendering.devices-failed');
const timeOuts = members('all', 'rollout.devices-timed-out');
const reports = events('all', 'device.status-reported');
const owners = members('all', 'matching.devices-matched');
const deletions = events('all', 'device.deleted');

/** A batch that stands still and says why, and none that began after it. */
const standsStill = `
  select w.uid from ${events('all', 'rollout.waiting')} w
  where w.data ->> 'reason' <> '' and w.data ->> 'message' <> ''
    and not exists (select from ${dispatched} d where d.uid = w.uid and d.number > w.number)`;

/** Rollouts in batches that the writers began come to their end, as their devices report, or say why they do not. */
export const rolloutsEnd: readonly Check[] = [
  {
    name: 'a rollout in batches that has not ended',
    sql: `select uid::text as what from ${started} s
          where data ->> 'strategy' = 'BatchSequence' and uid not in (select uid from ${ended} e)
            and uid not in (${standsStill})`,
  },
];

/**
 * What had to be complete when something began: the batch before the one that was dispatched, or, when a rollout
 * was completed, all of its devices: those that failed have ended too.
 */
const steps = `
  select org, uid as rollout, number, data, (data ->> 'batch')::integer - 1 as batch
  from ${dispatched} d where (data ->> 'batch')::integer > 1
  union all
  select org, uid, number, data, null from ${completed} c`;

/** Percent that a step asks for: of the batch, else of the policy, else 90; of a whole rollout 100. */
const threshold = `rtrim(case when s.batch is null then '100%' else coalesce(
  p.policy -> 'deviceSelection' -> 'sequence' -> (s.batch - 1) ->> 'successThreshold',
  p.policy ->> 'successThreshold', '90%') end, '%')::integer`;

/**
 * The services decide from what they have heard by then, which is not all that is in the log, and of which after a kill
 * some can be missing in the middle. So a device counts as updated, or as failed, if it ever was before the step, and does
 * not count if it was deleted, had left the fleet since it came, or was selected by another rollout. The policy is one that the
 * fleet had before the rollout began. Devices that were selected for a batch after the next one began are its devices all the
 * same: they were named and held back by the disruption budget.
 */
const early = `
with policy as materialized (
  select uid as fleet, number, data -> 'rolloutPolicy' as policy from ${policies} e
), step as materialized (
  select s.number as id, s.rollout, s.number, s.batch, (s.data ->> 'fleet')::uuid as fleet,
         s.data ->> 'templateVersion' as version, coalesce(min(${threshold}), 90) as threshold
  from (${steps}) s
  left join ${started} r on r.uid = s.rollout
  left join policy p on p.fleet = (s.data ->> 'fleet')::uuid and p.number < coalesce(r.number, s.number)
  group by s.number, s.rollout, s.batch, 5, 6
), selection as materialized (
  select uid as device, number, subject as rollout, (data ->> 'batch')::integer as batch from ${selections} m
), rendered as materialized (
  select uid as device, number, data ->> 'templateVersion' as version,
         (member ->> 'renderedVersion')::bigint as rendered
  from ${rendered} m
), report as materialized (
  select uid as device, number, (data ->> 'renderedVersion')::bigint as reported from ${reports} e
), updated as materialized (
  select r.device, r.version, min(greatest(r.number, p.number)) as number
  from rendered r join report p on p.device = r.device and p.reported >= r.rendered
  group by r.device, r.version
), failed as materialized (
  select uid as device, data ->> 'templateVersion' as version, null::uuid as rollout, min(number) as number
  from ${problems} m group by 1, 2
  union all
  select uid, data ->> 'templateVersion', subject, min(number) from ${timeOuts} m group by 1, 2, 3
), match as materialized (
  select uid as device, number, (member ->> 'owner')::uuid as owner from ${owners} m
), away as materialized (
  select f.fleet, m.device, min(m.number) as number
  from (select distinct fleet from step) f
  join match m on m.owner is distinct from f.fleet
  left join (select owner as fleet, device, min(number) as number from match group by 1, 2) c
    on c.fleet = f.fleet and c.device = m.device
  where m.number > coalesce(c.number, 0) group by f.fleet, m.device
  union all
  select f.fleet, d.uid, d.number from (select distinct fleet from step) f cross join ${deletions} d
), gone as materialized (
  select fleet, device, min(number) as number from away group by fleet, device
), chosen as materialized (
  select s.id, c.device, min(c.number) as number
  from step s
  join selection c on c.rollout = s.rollout
    and (c.batch = s.batch or s.batch is null and c.number < s.number)
  group by s.id, c.device
), taken as materialized (
  select distinct c.id, c.device
  from chosen c join step s using (id)
  join selection o on o.device = c.device and o.rollout <> s.rollout
    and o.number > c.number and o.number < s.number
), counted as (
  select s.*, coalesce(u.number < s.number, false) as updated,
         s.batch is null and coalesce(f.number < s.number, false) as failed,
         coalesce(g.number < s.number, false) or t.device is not null as gone
  from chosen c
  join step s using (id)
  left join updated u on u.device = c.device and u.version = s.version
  left join (
    select s.id, f.device, min(f.number) as number
    from step s join failed f on f.version = s.version and coalesce(f.rollout = s.rollout, true)
    group by s.id, f.device) f on f.id = c.id and f.device = c.device
  left join gone g on g.fleet = s.fleet and g.device = c.device
  left join taken t on t.id = c.id and t.device = c.device
)
select rollout || ' at ' || number || ' after batch ' || coalesce(batch::text, 'last') || ': '
       || count(*) filter (where updated or failed) || ' of '
       || count(*) filter (where updated or failed or not gone) as what
from counted group by id, rollout, number, batch, threshold
having count(*) filter (where updated or failed) * 100
       < threshold * count(*) filter (where updated or failed or not gone)`;

/**
 * As it is at the end, when all has been heard: an immediate rollout goes on as long as one of its devices has neither
 * reported its document nor failed, and has not left.
 */
const idle = `
with open as materialized (
  select uid as rollout from ${started} s
  where data ->> 'strategy' = 'Immediate' and uid not in (select uid from ${ended} e)
), selection as materialized (
  select uid as device, number, subject as rollout, (data ->> 'fleet')::uuid as fleet,
         data ->> 'templateVersion' as version
  from ${selections} m
), chosen as materialized (
  select * from (select distinct on (device) * from selection order by device, number desc) s
  where rollout in (select rollout from open)
), answer as materialized (
  select uid as device, number, data ->> 'templateVersion' as version,
         (member ->> 'renderedVersion')::bigint as rendered
  from ${answers} m where uid in (select device from chosen)
), document as materialized (
  select distinct on (device) * from answer where rendered is not null order by device, number desc
), problem as materialized (
  select distinct on (device) * from answer where rendered is null order by device, number desc
), report as materialized (
  select distinct on (uid) uid as device, (data ->> 'renderedVersion')::bigint as reported
  from ${reports} e order by uid, number desc
), owner as materialized (
  select distinct on (uid) uid as device, (member ->> 'owner')::uuid as owner
  from ${owners} m order by uid, number desc
), on_its_way as materialized (
  select s.rollout
  from chosen s
  join owner o on o.device = s.device and o.owner = s.fleet
  left join document d on d.device = s.device
  left join problem f on f.device = s.device
  left join report p on p.device = s.device
  where s.device not in (select uid from ${deletions} d)
    and not exists (select from ${timeOuts} t where t.uid = s.device and t.number > s.number)
    and not coalesce(d.version = s.version and p.reported >= d.rendered, false)
    and not coalesce(f.version = s.version and f.number > coalesce(d.number, 0), false)
)
select rollout::text as what from open where rollout not in (select rollout from on_its_way)`;

/** Seen in the log alone. */
export const noEarlyBatch: readonly Check[] = [
  {
    name: 'a batch that began, or a rollout that ended, before its devices were updated',
    sql: early,
  },
  {
    name: 'batches that are out of order, twice there, or after the end of their rollout',
    sql: `select uid::text as what
          from (select uid, number, (data ->> 'batch')::integer as batch from ${dispatched} b) d
          group by uid
          having array_agg(batch order by number) <> array_agg(distinct batch)
              or min(batch) <> 1 or max(batch) <> count(*)
              or max(number) > (select min(e.number) from ${ended} e where e.uid = d.uid)
          union all
          select uid::text from ${ended} e group by uid having count(*) > 1`,
  },
  {
    name: 'devices that were selected for a batch before it was dispatched',
    sql: `select s.uid || ' batch ' || (s.data ->> 'batch') as what
          from ${events('all', 'rollout.devices-selected')} s
          left join (
            select uid, data ->> 'batch' as batch, min(number) as number
            from ${dispatched} e group by 1, 2) d on d.uid = s.uid and d.batch = s.data ->> 'batch'
          where s.data ->> 'batch' is not null and coalesce(d.number > s.number, true)`,
  },
  {
    name: 'a device that was rendered for a template version before a rollout selected it',
    sql: `select r.uid || ' at ' || r.number as what
          from ${answers} r
          left join (
            select org, uid, data ->> 'templateVersion' as version, min(number) as number
            from ${selections} m group by 1, 2, 3
          ) s on s.org = r.org and s.uid = r.uid and s.version = r.data ->> 'templateVersion'
          where r.data ->> 'templateVersion' is not null and coalesce(s.number > r.number, true)`,
  },
  {
    // One that left in between joins the last batch when it comes back.
    name: 'a device that two batches of a rollout selected',
    sql: `with selection as materialized (
            select uid, subject as rollout, data ->> 'fleet' as fleet, number, data ->> 'batch' as batch
            from ${selections} m where data ->> 'batch' is not null
          ), twice as materialized (
            select uid, rollout, fleet, max(number) as number
            from selection group by uid, rollout, fleet having count(distinct batch) > 1
          )
          select t.rollout || ' ' || t.uid as what from twice t
          left join ${owners} o on o.uid = t.uid and o.number < t.number
            and o.member ->> 'owner' is distinct from t.fleet
            and exists (select from ${owners} c where c.uid = t.uid and c.number < o.number
                          and c.member ->> 'owner' = t.fleet)
          group by t.rollout, t.uid having count(o.uid) = 0`,
  },
  {
    name: 'a rollout that goes on though none of its devices is on its way',
    sql: idle,
  },
  {
    name: 'no rollout in batches came to its end',
    sql: `select 'none' as what where not exists (
            select from ${started} s join ${completed} c using (org, uid)
            where s.data ->> 'strategy' = 'BatchSequence')`,
  },
];
