import { events, last, living, members, repositoriesIn, type View } from './view.js';

/** The highest version that anything said about each living thing of a kind. */
const versions = (kind: string): string => `(
  select org, uid, max(version) as version from faults.events where kind = '${kind}' group by org, uid)`;

const labels = events('all', 'device.created', 'device.labels-updated');
const specs = events('all', 'device.created', 'device.spec-updated');
const templates = events('all', 'fleet.created', 'fleet.template-updated');
const selectors = events('all', 'fleet.created', 'fleet.selector-updated');
const policies = events('all', 'fleet.created', 'fleet.rollout-policy-updated');
const repositories = events('all', 'repository.created', 'repository.spec-updated');
const generation = `(data ->> 'generation')::bigint as generation`;

/** What it wrote itself, beside the events. */
const spoken: readonly View[] = [
  {
    table: 'gateway.devices',
    key: 'name',
    kept: 'select org, uid, name, labels, spec, generation, version from gateway.devices',
    folded: `
select org, uid, name, l.labels, s.spec, s.generation, v.version
from ${living('device')} c
left join ${last(labels, `data -> 'labels' as labels`)} l using (org, uid)
left join ${last(specs, `data -> 'spec' as spec, ${generation}`)} s using (org, uid)
left join ${versions('Device')} v using (org, uid)`,
  },
  {
    table: 'gateway.fleets',
    key: 'name',
    kept: `select org, uid, name, selector, template, rollout_policy, template_generation, version
           from gateway.fleets`,
    folded: `
select org, uid, name, s.selector, t.template, p.policy as rollout_policy,
       t.generation as template_generation, v.version
from ${living('fleet')} c
left join ${last(templates, `data -> 'template' as template, ${generation}`)} t using (org, uid)
left join ${last(selectors, `data -> 'selector' as selector`)} s using (org, uid)
left join ${last(policies, `data -> 'rolloutPolicy' as policy`)} p using (org, uid)
left join ${versions('Fleet')} v using (org, uid)`,
  },
  {
    table: 'gateway.repositories',
    key: 'name',
    kept: `select org, uid, name, credentials::text, version, webhook::text, accessible, access_reason,
                  access_message, accessible_number from gateway.repositories`,
    folded: `
select org, uid, name, s.credentials, v.version, w.webhook,
       (a.data ->> 'accessible')::boolean as accessible, a.data ->> 'reason' as access_reason,
       a.data ->> 'message' as access_message, coalesce(a.number, 0) as accessible_number
from ${living('repository')} c
left join ${last(repositories, `data ->> 'credentials' as credentials`)} s using (org, uid)
left join ${last(
      events('all', 'repository.webhook-updated'),
      `data ->> 'webhook' as webhook`,
    )} w using (org, uid)
left join ${last(events('gateway', 'repository-check.access-checked'), 'data')} a using (org, uid)
left join ${versions('Repository')} v using (org, uid)`,
  },
  {
    table: 'gateway.device_statuses',
    key: 'uid',
    kept: 'select org, uid, rendered_version, updated from gateway.device_statuses',
    folded: `
select org, uid, s.version as rendered_version, s.updated
from ${living('device')} c
join ${last(
      events('all', 'device.status-reported'),
      `(data ->> 'renderedVersion')::bigint as version, data ->> 'updated' as updated`,
    )} s using (org, uid)`,
  },
  {
    table: 'gateway.repository_users',
    key: `kind || ' ' || uid || ' of ' || repository`,
    kept: 'select org, repository, kind, uid from gateway.repository_users',
    folded: `
select distinct org, ${repositoriesIn('spec')} as repository, kind, uid from (
  select org, 'Device' as kind, uid, spec
  from ${living('device')} c join ${last(specs, `data -> 'spec' as spec`)} s using (org, uid)
  union all
  select org, 'Fleet', uid, spec
  from ${living('fleet')} c
  join ${last(templates, `data -> 'template' -> 'spec' as spec`)} s using (org, uid)) u`,
  },
];

const owners = members('gateway', 'matching.devices-matched');
const targets = members('gateway', 'rollout.devices-selected');
const documents = members('gateway', 'rendering.devices-rendered');
const outcomes = members('gateway', 'rendering.devices-rendered', 'rendering.devices-failed');

const deviceViews: View = {
  table: 'gateway.device_views',
  key: 'uid',
  kept: `select org, uid, owner, multiple_owners, owner_number, target, target_number,
                rendered_version, rendered_digest, rendered_template_version, rendered_number,
                failure, failure_number from gateway.device_views`,
  folded: `
select org, uid, o.owner, coalesce(o.multiple, '[]') as multiple_owners,
       coalesce(o.number, 0) as owner_number, t.target, coalesce(t.number, 0) as target_number,
       coalesce(r.version, 0) as rendered_version, r.digest as rendered_digest,
       r.target as rendered_template_version, coalesce(r.number, 0) as rendered_number,
       f.failure, coalesce(f.number, 0) as failure_number
from (select org, uid from ${living('device')} l) c
left join ${last(
    owners,
    `(member ->> 'owner')::uuid as owner, member -> 'multipleOwners' as multiple`,
  )} o using (org, uid)
left join ${last(targets, `(data ->> 'templateVersion')::uuid as target`)} t using (org, uid)
left join ${last(
    documents,
    `(member ->> 'renderedVersion')::bigint as version, member ->> 'digest' as digest,
     (data ->> 'templateVersion')::uuid as target`,
  )} r using (org, uid)
left join ${last(outcomes, `member ->> 'message' as failure`)} f using (org, uid)`,
};

const madeVersions = events('gateway', 'template-version.created');
const progress = events(
  'gateway',
  ...['rollout.started', 'rollout.batch-dispatched', 'rollout.waiting', 'rollout.stopped'],
  ...['rollout.superseded', 'rollout.completed'],
);
const running = `r.type in ('rollout.started', 'rollout.batch-dispatched', 'rollout.waiting')`;
const ofFleet = (rows: string): string => `(
  select org, (data ->> 'fleet')::uuid as uid, number, type, data, uid as subject from ${rows} e)`;

const fleetViews: View = {
  table: 'gateway.fleet_views',
  key: 'uid',
  kept: `select org, uid, template_version, template_number, valid, valid_reason, valid_message,
                valid_generation, valid_number, rollout_template_version, rollout_running,
                rollout_message, rollout_batch, rollout_number from gateway.fleet_views`,
  folded: `
select org, uid, t.version as template_version, coalesce(t.number, 0) as template_number,
       (v.data ->> 'valid')::boolean as valid, v.data ->> 'reason' as valid_reason,
       v.data ->> 'message' as valid_message, (v.data ->> 'generation')::bigint as valid_generation,
       coalesce(v.number, 0) as valid_number,
       (r.data ->> 'templateVersion')::uuid as rollout_template_version,
       ${running} as rollout_running, r.data ->> 'message' as rollout_message,
       (r.data ->> 'batch')::integer as rollout_batch, coalesce(r.number, 0) as rollout_number
from (select org, uid from ${living('fleet')} l) c
left join ${last(ofFleet(madeVersions), 'subject as version')} t using (org, uid)
left join ${last(events('gateway', 'validation.fleet-validated'), 'data')} v using (org, uid)
left join ${last(ofFleet(progress), 'type, data')} r using (org, uid)`,
};

const templateVersions: View = {
  table: 'gateway.template_versions',
  key: `fleet || ' ' || name`,
  kept: 'select org, uid, fleet, name, generation, spec from gateway.template_versions',
  folded: `
select e.org, e.uid, f.uid as fleet, e.data ->> 'name' as name,
       (e.data ->> 'generation')::bigint as generation, e.data -> 'spec' as spec
from ${madeVersions} e
join ${living('fleet')} f on f.org = e.org and f.uid = (e.data ->> 'fleet')::uuid`,
};

/** Also of what is deleted. Others than template versions are named by the gateway itself. */
const names: View = {
  table: 'gateway.names',
  key: 'uid',
  kept: 'select org, uid, kind, name from gateway.names',
  folded: `
select org, uid, case split_part(type, '.', 1)
         when 'device' then 'Device' when 'fleet' then 'Fleet' else 'Repository' end as kind,
       data ->> 'name' as name
from ${events('all', 'device.created', 'fleet.created', 'repository.created')} e
union all
select org, uid, 'TemplateVersion', data ->> 'name' from ${madeVersions} e`,
};

export const gatewayViews: readonly View[] = [
  ...spoken,
  deviceViews,
  fleetViews,
  templateVersions,
  names,
];
