/** The SQL of the gateway for devices, by hand. */

const UPDATED = `
case
  when s.uid is null then 'Unknown'
  when s.rendered_version = v.rendered_version
   and (fv.template_version is null or fv.template_version = v.rendered_template_version)
    then case when v.rendered_version = 0 then 'Unknown' else 'UpToDate' end
  when s.updated = 'Updating' then 'Updating'
  else 'OutOfDate'
end`;

const TABLES = `from gateway.devices r
join gateway.device_views v on v.org = r.org and v.uid = r.uid
left join gateway.device_statuses s on s.org = v.org and s.uid = v.uid
left join gateway.fleet_views fv on fv.org = v.org and fv.uid = v.owner
left join gateway.fleets f on f.org = v.org and f.uid = v.owner`;

/** Before its `where`, which begins with the organisation. */
export const SELECT = `
select r.uid, r.name, r.labels, r.generation, r.version, r.created_at as "createdAt", r.spec,
  f.name as owner, v.owner_since as "ownerSince", v.multiple_owners as "multipleOwners",
  t.name as "templateVersion", v.rendered_version as "renderedVersion", v.failure,
  v.failure_since as "failureSince", s.status as reported, s.last_seen as "lastSeen",
  ${UPDATED} as updated
${TABLES}
left join gateway.template_versions t on t.org = v.org and t.uid = v.target`;

export const ONE = `${SELECT} where r.org = $1 and r.name = $2`;

export const LOCK = `
select uid, name, labels, spec, generation, version from gateway.devices
where org = $1 and name = $2 for no key update`;

export const INSERT = `
with made as (
  insert into gateway.devices (org, uid, name, labels, spec, generation, version)
  values ($1, $2, $3, $4, $5, 1, 1) on conflict do nothing returning org, uid
), heard as (
  insert into gateway.presence (org, uid) select org, uid from made on conflict do nothing
), viewed as (
  insert into gateway.device_views (org, uid) select org, uid from made on conflict do nothing
)
select from made`;

export const UPDATE_LABELS = `
update gateway.devices set labels = $3, version = $4 where org = $1 and uid = $2`;

export const UPDATE_SPEC = `
update gateway.devices set spec = $3, generation = generation + 1, version = $4
where org = $1 and uid = $2`;

export const NOTE_USERS = `
with forgotten as (
  delete from gateway.repository_users
  where org = $1 and uid = $2 and not (repository = any($3::text[]))
)
insert into gateway.repository_users (org, repository, kind, uid)
select $1, repository, $4, $2 from unnest($3::text[]) repository order by repository
on conflict do nothing`;

export const LOCK_REPOSITORIES = `
select 1 from gateway.repositories where org = $1 and name = any($2::text[])
order by name for key share`;
