/**
 * How the configuration of a device is up to date, in SQL: reads and summaries use the
 * same rule. `v` is the device's view, `s` what it reported, `fv` the view of its fleet.
 * With a fleet, the document must also be made of the fleet's newest template version.
 */
export const UPDATED_STATUS = `
case
  when s.uid is null then 'Unknown'
  when s.rendered_version = v.rendered_version
   and (fv.template_version is null or fv.template_version = v.rendered_template_version)
    then case when v.rendered_version = 0 then 'Unknown' else 'UpToDate' end
  when s.updated = 'Updating' then 'Updating'
  else 'OutOfDate'
end`;

/** The tables that {@link UPDATED_STATUS} speaks of, for a device `v`. */
export const UPDATED_JOINS = `
left join organisation.device_statuses s on s.org = v.org and s.uid = v.uid
left join organisation.fleet_views fv on fv.org = v.org and fv.uid = v.owner`;
