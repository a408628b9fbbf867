import type { Check } from './checks.js';
import { events, members } from './views/view.js';

const started = events('all', 'rollout.started');
const dispatched = events('all', 'rollout.batch-dispatched');
const completed = events('all', 'rollout.completed');
const ended = events('all', 'rollout.completed', 'rollout.superseded', 'rollout.stopped');
/** A batch that stands still, and none that began after it. */
const standsStill = `
  select w.uid from ${events('all', 'rollout.waiting')} w
  where not exists (select from ${dispatched} d where d.uid = w.uid and d.number > w.number)`;

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

const policy = `(
  select p.data -> 'rolloutPolicy' from ${events('all', 'fleet.created', 'fleet.rollout-policy-updated')} p
  where p.org = s.org and p.uid = (s.data ->> 'fleet')::uuid and p.number < s.number
  order by p.number desc limit 1)`;

/** Percent that a step asks for: of the batch, else of the policy, else 90; of a whole rollout 100. */
const threshold = `rtrim(case when s.batch is null then '100%' else coalesce(
  ${policy} -> 'deviceSelection' -> 'sequence' -> (s.batch - 1) ->> 'successThreshold',
  ${policy} ->> 'successThreshold', '90%') end, '%')::integer`;

/** What the rollout service had heard when it selected devices: the event that it was about to answer, in order. */
const heardAtSelection = `
  select s.sequence as number, coalesce(cs.sequence, s.sequence) as heard
  from log.events e
  join log.types t on t.id = e.type and t.name = 'skein.rollout.devices-selected.v1'
  join log.sequence s on s.position = e.position
  left join log.events c on c.id::text = e.causationid
  left join log.sequence cs on cs.position = c.position`;

/**
 * The services decide from what they have heard by then, which is not all that is in the log: so a device counts
 * as updated if it ever was before the step, and does not count if it left the fleet or the rollout before it, also
 * when that was in the log, and not heard yet, as it was selected.
 */
const early = `
with step as materialized (
  select row_number() over () as id, s.*, ${threshold} as threshold from (${steps}) s
), selection as materialized (
  select org, uid as device, number, subject as rollout, (data ->> 'batch')::integer as batch, heard
  from ${members('all', 'rollout.devices-selected')} m join (${heardAtSelection}) h using (number)
), rendered as materialized (
  select org, uid as device, number, data ->> 'templateVersion' as version,
         (member ->> 'renderedVersion')::bigint as rendered
  from ${members('all', 'rendering.devices-rendered')} m
), report as materialized (
  select org, uid as device, number, (data ->> 'renderedVersion')::bigint as reported
  from ${events('all', 'device.status-reported')} e
), owner as materialized (
  select org, uid as device, number, member ->> 'owner' as owner
  from ${members('all', 'matching.devices-matched')} m
), failed as materialized (
  select org, uid as device, number, null::uuid as rollout, data ->> 'templateVersion' as version
  from ${members('all', 'rendering.devices-failed')} m
  union all
  select org, uid, number, subject, data ->> 'templateVersion'
  from ${members('all', 'rollout.devices-timed-out')} m
), gone as materialized (
  select org, uid as device, number from ${events('all', 'device.deleted')} e
), counted as (
  select s.id, s.rollout, s.number, s.batch, s.threshold, c.device,
    exists (
      select from rendered r join report p using (org, device)
      where r.device = c.device and r.version = s.data ->> 'templateVersion' and r.number < s.number
        and p.number < s.number and p.reported >= r.rendered) as updated,
    s.batch is null and exists (
      select from failed x
      where x.device = c.device and x.version = s.data ->> 'templateVersion' and x.number < s.number
        and coalesce(x.rollout = s.rollout, true)) as failed,
    exists (select from gone g where g.device = c.device and g.number < s.number)
      or exists (
        select from selection o where o.device = c.device and o.rollout <> s.rollout
          and o.number > c.number and o.number < s.number)
      or exists (
        select from owner o where o.device = c.device and o.number > c.heard and o.number < s.number
          and o.owner is distinct from s.data ->> 'fleet') as gone
  from step s
  join lateral (
    select device, min(number) as number, min(heard) as heard from selection c
    where c.org = s.org and c.rollout = s.rollout and c.number < s.number
      and (s.batch is null or c.batch = s.batch)
    group by device) c on true
)
select rollout || ' at ' || number || ' after batch ' || coalesce(batch::text, 'last') || ': '
       || count(*) filter (where updated or failed) || ' of '
       || count(*) filter (where updated or failed or not gone) as what
from counted group by id, rollout, number, batch, threshold
having count(*) filter (where updated or failed) * 100
       < threshold * count(*) filter (where updated or failed or not gone)`;

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
          from ${members('all', 'rendering.devices-rendered', 'rendering.devices-failed')} r
          left join (
            select org, uid, data ->> 'templateVersion' as version, min(number) as number
            from ${members('all', 'rollout.devices-selected')} m group by 1, 2, 3
          ) s on s.org = r.org and s.uid = r.uid and s.version = r.data ->> 'templateVersion'
          where r.data ->> 'templateVersion' is not null and coalesce(s.number > r.number, true)`,
  },
  {
    name: 'no rollout in batches came to its end',
    sql: `select 'none' as what where not exists (
            select from ${started} s join ${completed} c using (org, uid)
            where s.data ->> 'strategy' = 'BatchSequence')`,
  },
];
