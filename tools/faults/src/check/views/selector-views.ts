import { events, last, members, things, type View } from './view.js';

const labels = events('selector', 'device.created', 'device.labels-updated');
const deletedDevices = events('selector', 'device.deleted');
const selectors = events('selector', 'fleet.created', 'fleet.selector-updated');
const deletedFleets = events('selector', 'fleet.deleted');
/** Its own word. */
const answers = members('all', 'matching.devices-matched');

/** Labels of a deleted device are folded, but nobody answers them. */
export const selectorViews: readonly View[] = [
  {
    table: 'selector.devices',
    key: 'device',
    kept: `select org, device, labels, labels_version, labels_number, deleted, deleted_number, owner,
                  multiple_owners, case when not deleted then matched_labels_version end as matched_labels_version
           from selector.devices`,
    folded: `
select org, uid as device, l.labels, l.version as labels_version, l.number as labels_number,
       d.number is not null as deleted, coalesce(d.number, 0) as deleted_number, a.owner,
       coalesce(a.multiple, '[]') as multiple_owners,
       case when d.number is null then a.version end as matched_labels_version
from ${things(labels)} t
left join ${last(labels, `data -> 'labels' as labels, version`)} l using (org, uid)
left join ${last(deletedDevices, 'type')} d using (org, uid)
left join ${last(
      answers,
      `(member ->> 'owner')::uuid as owner, member -> 'multipleOwners' as multiple,
       (member ->> 'labelsVersion')::bigint as version`,
    )} a using (org, uid)`,
  },
  {
    table: 'selector.fleets',
    key: 'fleet',
    kept: `select org, fleet, name, selector, selector_number, deleted, deleted_number from selector.fleets`,
    folded: `
select org, uid as fleet, n.name, s.selector, s.number as selector_number,
       d.number is not null as deleted, coalesce(d.number, 0) as deleted_number
from ${things(selectors)} t
left join ${last(events('selector', 'fleet.created'), `data ->> 'name' as name`)} n using (org, uid)
left join ${last(selectors, `data -> 'selector' as selector`)} s using (org, uid)
left join ${last(deletedFleets, 'type')} d using (org, uid)`,
  },
];
