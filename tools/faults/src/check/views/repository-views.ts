import { events, last, repositoriesIn, things, type View } from './view.js';

/** The view of repositories of a service that fetches from them. */
export function repositoriesOf(service: 'validation' | 'render'): View {
  const specs = events(service, 'repository.created', 'repository.spec-updated');
  return {
    table: `${service}.repositories`,
    key: 'repository',
    kept: `select org, repository, name, spec, credentials, spec_number, deleted from ${service}.repositories`,
    folded: `
select org, uid as repository, n.name, s.spec, s.credentials, s.number as spec_number,
       d.number is not null as deleted
from ${things(specs)} t
left join ${last(events(service, 'repository.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(specs, `data -> 'spec' as spec, data ->> 'credentials' as credentials`)} s using (org, uid)
left join ${last(events(service, 'repository.deleted'), 'type')} d using (org, uid)`,
  };
}

const specs = events('repo', 'repository.created', 'repository.spec-updated');
const ofUsers = events(
  'repo',
  ...['fleet.created', 'fleet.template-updated', 'fleet.deleted'],
  ...['device.created', 'device.spec-updated', 'device.deleted'],
);
/** The last event that says to what each fleet and device refers. */
const users = last(
  ofUsers,
  `lower(kind) as kind, type in ('fleet.deleted', 'device.deleted') as deleted,
   coalesce(data -> 'template' -> 'spec', data -> 'spec') as spec`,
);

export const repoViews: readonly View[] = [
  {
    table: 'repo.repositories',
    key: 'repository',
    kept: `select org, repository, name, spec_number, deleted, deleted_number,
                  not deleted and spec_number > woken_number as "usersWait" from repo.repositories`,
    folded: `
select org, uid as repository, n.name, s.number as spec_number, d.number is not null as deleted,
       coalesce(d.number, 0) as deleted_number, false as "usersWait"
from ${things(specs)} t
left join ${last(events('repo', 'repository.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(specs, 'type')} s using (org, uid)
left join ${last(events('repo', 'repository.deleted'), 'type')} d using (org, uid)`,
  },
  {
    table: 'repo.users',
    key: `kind || ' ' || uid`,
    kept: 'select org, kind, uid, number, deleted from repo.users',
    folded: `select org, kind, uid, number, deleted from ${users} u`,
  },
  {
    table: 'repo.uses',
    key: `kind || ' ' || uid || ' of ' || repository`,
    kept: 'select org, repository, kind, uid from repo.uses',
    folded: `select distinct org, ${repositoriesIn('spec')} as repository, kind, uid
             from ${users} u where not deleted`,
  },
];
