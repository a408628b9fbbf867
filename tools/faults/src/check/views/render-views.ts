import { repositoriesOf } from './repository-views.js';
import { events, last, members, things, type View } from './view.js';

const created = events('render', 'device.created');
const labels = events('render', 'device.created', 'device.labels-updated');
const specs = events('render', 'device.created', 'device.spec-updated');
const deleted = events('render', 'device.deleted');
const owners = members('render', 'matching.devices-matched');
const targets = members('render', 'rollout.devices-selected');
const woken = `(select org, uid, max(number) as number
  from (select org, number, json_array_elements_text(data -> 'devices')::uuid as uid
        from ${events('render', 'repository-use.users-woken', 'secret-use.users-woken')} e) w group by org, uid)`;
/** What it said itself. */
const documents = members('all', 'rendering.devices-rendered');
const outcomes = members('all', 'rendering.devices-rendered', 'rendering.devices-failed');

export const renderViews: readonly View[] = [
  {
    table: 'render.devices',
    key: 'device',
    kept: `select org, device, name, labels, labels_number, spec, generation, spec_number, matched,
                  owner, owner_number, target, target_number, woken_number, deleted, rendered_version,
                  document_digest, rendered_target, problem, pending from render.devices`,
    folded: `
select org, uid as device, n.name, l.labels, l.number as labels_number, s.spec, s.generation,
       s.number as spec_number, o.number is not null as matched, o.owner,
       coalesce(o.number, 0) as owner_number, t.target, coalesce(t.number, 0) as target_number,
       coalesce(w.number, 0) as woken_number, d.number is not null as deleted,
       coalesce(r.version, 0) as rendered_version, r.digest as document_digest,
       x.target as rendered_target, x.problem, false as pending
from ${things(created)} c
left join ${last(created, `data ->> 'name' as name`)} n using (org, uid)
left join ${last(labels, `data -> 'labels' as labels`)} l using (org, uid)
left join ${last(
      specs,
      `data -> 'spec' as spec, (data ->> 'generation')::bigint as generation`,
    )} s using (org, uid)
left join ${last(owners, `(member ->> 'owner')::uuid as owner`)} o using (org, uid)
left join ${last(targets, `(data ->> 'templateVersion')::uuid as target`)} t using (org, uid)
left join ${woken} w using (org, uid)
left join ${last(deleted, 'type')} d using (org, uid)
left join ${last(
      documents,
      `(member ->> 'renderedVersion')::bigint as version, member ->> 'digest' as digest`,
    )} r using (org, uid)
left join ${last(
      outcomes,
      `(data ->> 'templateVersion')::uuid as target, member ->> 'message' as problem`,
    )} x using (org, uid)`,
  },
  {
    table: 'render.template_versions',
    key: 'template_version',
    kept: `select org, template_version, fleet, name, generation, spec, frozen, number
           from render.template_versions`,
    folded: `
select org, uid as template_version, (data ->> 'fleet')::uuid as fleet, data ->> 'name' as name,
       (data ->> 'generation')::bigint as generation, data -> 'spec' as spec,
       data -> 'frozen' as frozen, number
from ${events('render', 'template-version.created')} e`,
  },
  repositoriesOf('render'),
];
