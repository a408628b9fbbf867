import type { DevicesSummary } from '@skein/api';
import type { Queryable } from '@skein/postgres';
import { DEVICE_STATUSES } from './device-statuses.js';
import { Parameters } from './selection/parameters.js';
import type { Scope, Selection } from './selection/selection.js';
import { UPDATED_JOINS } from './updated-status.js';

interface Counted {
  readonly updated: string;
  readonly summary: string;
  readonly application: string;
  readonly count: number;
}

interface CountedOfFleet extends Counted {
  readonly fleet: string;
}

const COUNTED = `${DEVICE_STATUSES.updated} as updated, ${DEVICE_STATUSES.summary} as summary,
  ${DEVICE_STATUSES.application} as application, count(*) as count`;

const OF_FLEETS = `
select ${COUNTED}, v.owner as fleet
from organisation.device_views v ${UPDATED_JOINS}
where v.org = $1 and v.owner = any($2::uuid[])
group by 1, 2, 3, 5`;

const none = (): DevicesSummary => ({
  total: 0,
  applicationStatus: {},
  summaryStatus: {},
  updateStatus: {},
});

function add(counts: Record<string, number>, key: string, count: number): void {
  counts[key] = (counts[key] ?? 0) + count;
}

function count(summary: DevicesSummary, row: Counted): void {
  summary.total += row.count;
  add(summary.applicationStatus, row.application, row.count);
  add(summary.summaryStatus, row.summary, row.count);
  add(summary.updateStatus, row.updated, row.count);
}

/** The devices of each fleet, counted by their statuses. */
export async function fleetSummaries(
  database: Queryable,
  org: string,
  fleets: readonly string[],
): Promise<Map<string, DevicesSummary>> {
  const found = new Map(fleets.map((uid) => [uid, none()]));
  for (const row of await database.query<CountedOfFleet>(OF_FLEETS, [org, fleets])) {
    count(found.get(row.fleet)!, row);
  }
  return found;
}

/**
 * The selected devices, counted by their statuses.
 * @param from the tables of the list of devices
 * @throws RefusedRequest when a field cannot be compared as it is asked
 */
export async function selectedSummary(
  database: Queryable,
  from: string,
  selection: Selection,
  scope: Scope,
): Promise<DevicesSummary> {
  const parameters = new Parameters();
  const condition = selection.condition(scope, parameters);
  const rows = await database.query<Counted>(
    `select ${COUNTED} ${from} where ${condition} group by 1, 2, 3`,
    parameters.values,
    selection.planning,
  );
  const summary = none();
  for (const row of rows) count(summary, row);
  return summary;
}
