import { events, last, referredIn, repositoriesIn, things, type View } from './view.js';

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
/** What it said itself. */
const said = events('all', 'repository-check.access-checked');
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
    kept: `select org, repository, name, spec, credentials, spec_number, described_number, deleted,
                  deleted_number, not deleted and spec_number > woken_number as "usersWait",
                  accessible, access_reason, access_message from repo.repositories`,
    folded: `
select org, uid as repository, n.name, s.spec, s.credentials, s.number as spec_number,
       s.number as described_number, d.number is not null as deleted,
       coalesce(d.number, 0) as deleted_number, false as "usersWait",
       (a.data ->> 'accessible')::boolean as accessible, a.data ->> 'reason' as access_reason,
       a.data ->> 'message' as access_message
from ${things(specs)} t
left join ${last(events('repo', 'repository.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(specs, `data -> 'spec' as spec, data ->> 'credentials' as credentials`)} s using (org, uid)
left join ${last(events('repo', 'repository.deleted'), 'type')} d using (org, uid)
left join ${last(said, 'data')} a using (org, uid)`,
  },
  {
    table: 'repo.users',
    key: `kind || ' ' || uid`,
    kept: 'select org, kind, uid, number, referred_number, deleted from repo.users',
    folded: `select org, kind, uid, number, number as referred_number, deleted from ${users} u`,
  },
  {
    table: 'repo.uses',
    key: `kind || ' ' || uid || ' of ' || repository`,
    kept: 'select org, repository, kind, uid from repo.uses',
    folded: `select distinct org, ${repositoriesIn('spec')} as repository, kind, uid
             from ${users} u where not deleted`,
  },
  {
    table: 'repo.referrers',
    key: `kind || ' ' || uid || ' of ' || reference || ' in ' || repository`,
    kept: 'select org, repository, reference, kind, uid from repo.referrers',
    folded: `select org, r.repository, r.reference, kind, uid
             from ${users} u cross join lateral ${referredIn('u.spec')} r where not deleted`,
  },
];
