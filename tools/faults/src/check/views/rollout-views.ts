import { events, last, members, things, type View } from './view.js';

const created = events('rollout', 'device.created');
const labels = events('rollout', 'device.created', 'device.labels-updated');
const deletedDevices = events('rollout', 'device.deleted');
const owners = members('rollout', 'matching.devices-matched');
const rendered = members('rollout', 'rendering.devices-rendered');
const problems = members('rollout', 'rendering.devices-failed');
const reports = events('rollout', 'device.status-reported');
const policies = events('rollout', 'fleet.created', 'fleet.rollout-policy-updated');
/** What it said itself. */
const started = events('all', 'rollout.started');
const selections = members('all', 'rollout.devices-selected');

/** A target ends when its device leaves the fleet; no event says so, and none of a deleted device counts. */
const holds = 's.fleet = o.owner and d.number is null';

const devices: View = {
  table: 'rollout.devices',
  key: 'device',
  kept: `
select org, device, created, deleted, deleted_number, labels, labels_version, labels_number, owner,
       matched_labels_version, owner_number, rendered_template_version, rendered_version,
       rendered_number, problem, problem_template_version, problem_number, reported_version,
       reported_number,
       case when not deleted then target end as target,
       case when not deleted then target_rollout end as target_rollout,
       case when not deleted then target_batch end as target_batch,
       case when not deleted then target_labels_version end as target_labels_version
from rollout.devices`,
  folded: `
select org, uid as device, true as created, d.number is not null as deleted,
       coalesce(d.number, 0) as deleted_number, l.labels, l.version as labels_version,
       l.number as labels_number, o.owner, coalesce(o.version, 0) as matched_labels_version,
       coalesce(o.number, 0) as owner_number, r.target as rendered_template_version,
       coalesce(r.version, 0) as rendered_version, coalesce(r.number, 0) as rendered_number,
       f.problem, f.target as problem_template_version, coalesce(f.number, 0) as problem_number,
       coalesce(p.version, 0) as reported_version, coalesce(p.number, 0) as reported_number,
       case when ${holds} then s.target end as target,
       case when ${holds} then s.rollout end as target_rollout,
       case when ${holds} then s.batch end as target_batch,
       case when ${holds} then o.version end as target_labels_version
from ${things(created)} c
left join ${last(labels, `data -> 'labels' as labels, version`)} l using (org, uid)
left join ${last(deletedDevices, 'type')} d using (org, uid)
left join ${last(
    owners,
    `(member ->> 'owner')::uuid as owner, (member ->> 'labelsVersion')::bigint as version`,
  )} o using (org, uid)
left join ${last(
    rendered,
    `(data ->> 'templateVersion')::uuid as target, (member ->> 'renderedVersion')::bigint as version`,
  )} r using (org, uid)
left join ${last(
    problems,
    `(data ->> 'templateVersion')::uuid as target, member ->> 'message' as problem`,
  )} f using (org, uid)
left join ${last(reports, `(data ->> 'renderedVersion')::bigint as version`)} p using (org, uid)
left join ${last(
    selections,
    `subject as rollout, (data ->> 'fleet')::uuid as fleet, (data ->> 'batch')::integer as batch,
     (data ->> 'templateVersion')::uuid as target`,
  )} s using (org, uid)`,
};

/** The highest generation counts; within it, what was made last. */
const latestVersions = `(
  select distinct on (org, uid) * from (
    select org, (data ->> 'fleet')::uuid as uid, uid as template_version, number,
           (data ->> 'generation')::bigint as generation
    from ${events('rollout', 'template-version.created')} e) v
  order by org, uid, generation desc, number desc)`;

const fleets: View = {
  table: 'rollout.fleets',
  key: 'fleet',
  kept: `select org, fleet, name, policy, policy_number, template_version, generation,
                template_version_number, deleted, deleted_number, rollout from rollout.fleets`,
  folded: `
select org, uid as fleet, n.name, p.policy, p.number as policy_number, v.template_version,
       coalesce(v.generation, 0) as generation, coalesce(v.number, 0) as template_version_number,
       d.number is not null as deleted, coalesce(d.number, 0) as deleted_number, r.rollout
from ${things(policies)} f
left join ${last(events('rollout', 'fleet.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(policies, `data -> 'rolloutPolicy' as policy`)} p using (org, uid)
left join ${latestVersions} v using (org, uid)
left join ${last(events('rollout', 'fleet.deleted'), 'type')} d using (org, uid)
left join ${last(
    `(select org, (data ->> 'fleet')::uuid as uid, number, uid as rollout from ${started} e)`,
    'rollout',
  )} r using (org, uid)`,
};

/** What was said last of where a rollout is; a batch that begins ends what it waited for. */
const states = last(
  events(
    'all',
    ...['rollout.started', 'rollout.batch-dispatched', 'rollout.waiting'],
    ...['rollout.stopped', 'rollout.completed', 'rollout.superseded'],
  ),
  `type, data, case split_part(type, '.', 2) when 'started' then 'active'
     when 'batch-dispatched' then 'active' else split_part(type, '.', 2) end as state`,
);
const announced = events('all', 'rollout.batch-dispatched');

const rollouts: View = {
  table: 'rollout.rollouts',
  key: 'rollout',
  kept: `select org, rollout, fleet, template_version, strategy, state, batch, reason, message
         from rollout.rollouts`,
  folded: `
select org, uid as rollout, (s.data ->> 'fleet')::uuid as fleet,
       (s.data ->> 'templateVersion')::uuid as template_version, s.data ->> 'strategy' as strategy,
       e.state, coalesce(b.batch, 1) as batch, e.data ->> 'reason' as reason,
       e.data ->> 'message' as message
from ${started} s
left join ${states} e using (org, uid)
left join ${last(announced, `(data ->> 'batch')::integer as batch`)} b using (org, uid)`,
};

const batches: View = {
  table: 'rollout.batches',
  key: `rollout || ' batch ' || batch`,
  kept: 'select org, rollout, batch from rollout.batches where announced_at is not null',
  folded: `select org, uid as rollout, (data ->> 'batch')::integer as batch from ${announced} e`,
};

export const rolloutViews: readonly View[] = [devices, fleets, rollouts, batches];
