/**
 * How events become rows. $1 organisations, $2 subjects, $3 numbers, then what the events
 * say. Of one subject's events the last is taken, as a statement cannot touch a row twice.
 */

export const FOLD_LABELS = `
insert into rollout.devices as d (org, device, created, labels, labels_version, labels_number)
select distinct on (org, device) org, device, $6::boolean, labels, version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::bigint[])
  as e (org, device, number, labels, version)
order by org, device, number desc
on conflict (org, device) do update
  set created = d.created or excluded.created,
      labels = case when excluded.labels_number > d.labels_number
                    then excluded.labels else d.labels end,
      labels_version = case when excluded.labels_number > d.labels_number
                            then excluded.labels_version else d.labels_version end,
      labels_number = greatest(excluded.labels_number, d.labels_number)
  where excluded.created > d.created or excluded.labels_number > d.labels_number`;

export const FOLD_REPORTS = `
insert into rollout.devices as d (org, device, reported_version, reported_number)
select distinct on (org, device) org, device, version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as e (org, device, number, version)
order by org, device, number desc
on conflict (org, device) do update
  set reported_version = excluded.reported_version, reported_number = excluded.reported_number
  where excluded.reported_number > d.reported_number`;

export const FOLD_DELETED_DEVICES = `
insert into rollout.devices as d (org, device, deleted, deleted_number)
select distinct on (org, device) org, device, true, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, device, number)
order by org, device, number desc
on conflict (org, device) do update
  set deleted = true, deleted_number = excluded.deleted_number
  where excluded.deleted_number > d.deleted_number`;

export const FOLD_MATCHES = `
insert into rollout.devices as d (org, device, owner, matched_labels_version, owner_number)
select distinct on (org, device) org, device, owner, version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[])
  as e (org, device, number, owner, version)
order by org, device, number desc
on conflict (org, device) do update
  set owner = excluded.owner, matched_labels_version = excluded.matched_labels_version,
      owner_number = excluded.owner_number
  where excluded.owner_number > d.owner_number`;

/** The renderer answers each selection once; with an answer for its target the device awaits none. */
export const FOLD_RENDERED = `
insert into rollout.devices as d
  (org, device, rendered_template_version, rendered_version, rendered_number)
select distinct on (org, device) org, device, template_version, version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[])
  as e (org, device, number, template_version, version)
order by org, device, number desc
on conflict (org, device) do update
  set rendered_template_version = excluded.rendered_template_version,
      rendered_version = excluded.rendered_version, rendered_number = excluded.rendered_number,
      awaiting = d.awaiting and d.target is distinct from excluded.rendered_template_version
  where excluded.rendered_number > d.rendered_number`;

export const FOLD_PROBLEMS = `
insert into rollout.devices as d
  (org, device, problem, problem_at, problem_template_version, problem_number)
select distinct on (org, device) org, device, problem, at, template_version, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[])
  as e (org, device, number, template_version, problem, at)
order by org, device, number desc
on conflict (org, device) do update
  set problem = excluded.problem, problem_at = excluded.problem_at,
      problem_template_version = excluded.problem_template_version,
      problem_number = excluded.problem_number,
      awaiting = d.awaiting and d.target is distinct from excluded.problem_template_version
  where excluded.problem_number > d.problem_number`;

export const FOLD_FLEETS = `
insert into rollout.fleets as f (org, fleet, name, policy, policy_number)
select distinct on (org, fleet) org, fleet, name, policy, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::text[])
  as e (org, fleet, number, policy, name)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set name = excluded.name,
      policy = case when excluded.policy_number > f.policy_number
                    then excluded.policy else f.policy end,
      policy_number = greatest(excluded.policy_number, f.policy_number)`;

export const FOLD_POLICIES = `
insert into rollout.fleets as f (org, fleet, policy, policy_number)
select distinct on (org, fleet) org, fleet, policy, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[]) as e (org, fleet, number, policy)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set policy = excluded.policy, policy_number = excluded.policy_number
  where excluded.policy_number > f.policy_number`;

export const FOLD_DELETED_FLEETS = `
insert into rollout.fleets as f (org, fleet, deleted, deleted_number)
select distinct on (org, fleet) org, fleet, true, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, fleet, number)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set deleted = true, deleted_number = excluded.deleted_number
  where excluded.deleted_number > f.deleted_number`;

/** The highest generation is the current one; within it, the one made last. */
export const FOLD_TEMPLATE_VERSIONS = `
insert into rollout.fleets as f
  (org, fleet, template_version, generation, template_version_number)
select distinct on (org, fleet) org, fleet, template_version, generation, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[])
  as e (org, template_version, number, fleet, generation)
order by org, fleet, generation desc, number desc
on conflict (org, fleet) do update
  set template_version = excluded.template_version, generation = excluded.generation,
      template_version_number = excluded.template_version_number
  where (excluded.generation, excluded.template_version_number)
      > (f.generation, f.template_version_number)`;
