import { repositoriesOf } from './repository-views.js';
import { events, last, things, type View } from './view.js';

const templates = events('validation', 'fleet.created', 'fleet.template-updated');
const woken = `(select org, uid, max(number) as number
  from (select org, number, json_array_elements_text(data -> 'fleets')::uuid as uid
        from ${events('validation', 'repository-use.users-woken', 'secret-use.users-woken')} e) w group by org, uid)`;
/** What it said itself. */
const versions = events('all', 'template-version.created');
const said = events('all', 'validation.fleet-validated');

export const validationViews: readonly View[] = [
  {
    table: 'validation.fleets',
    key: 'fleet',
    kept: `select org, fleet, name, template, generation, template_number, woken_number, deleted,
                  result, latest_version, pending from validation.fleets`,
    folded: `
select org, uid as fleet, n.name, t.template, t.generation, t.number as template_number,
       coalesce(w.number, 0) as woken_number, d.number is not null as deleted, s.result,
       v.version as latest_version, false as pending
from ${things(templates)} f
left join ${last(events('validation', 'fleet.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(
      templates,
      `data -> 'template' as template, (data ->> 'generation')::bigint as generation`,
    )} t using (org, uid)
left join ${woken} w using (org, uid)
left join ${last(events('validation', 'fleet.deleted'), 'type')} d using (org, uid)
left join ${last(said, 'data as result')} s using (org, uid)
left join ${last(
      `(select org, (data ->> 'fleet')::uuid as uid, number, uid as version from ${versions} e)`,
      'version',
    )} v using (org, uid)`,
  },
  {
    table: 'validation.template_versions',
    key: 'template_version',
    kept: 'select org, template_version, fleet, name, generation from validation.template_versions',
    folded: `
select org, uid as template_version, (data ->> 'fleet')::uuid as fleet, data ->> 'name' as name,
       (data ->> 'generation')::bigint as generation from ${versions} e`,
  },
  repositoriesOf('validation'),
];
