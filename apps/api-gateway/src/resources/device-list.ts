import { API_VERSION, type DeviceList } from '@skein/api';
import type { Queryable } from '@skein/postgres';
import { DEVICE_TABLES, deviceReader, presentDevice } from './device-reader.js';
import { flag } from './flag.js';
import { selectedSummary } from './device-summary.js';
import { listMetadata, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { devices } from './selection/selectables.js';
import { selectedList } from './selection/selected-list.js';

const head = { apiVersion: API_VERSION, kind: 'DeviceList' } as const;

async function summary(database: Queryable, org: string, query: ListQuery): Promise<DeviceList> {
  const paging = ['limit', 'continue'].filter((name) => query[name] !== undefined);
  if (paging.length > 0) {
    throw new RefusedRequest('invalid', `${paging.join(', ')}: a summary has no pages`);
  }
  const scope = { 'r.org': org };
  const { selection } = selectedList(devices, scope, query);
  const counted = await selectedSummary(database, DEVICE_TABLES, selection, scope);
  return { ...head, metadata: {}, items: [], summary: counted };
}

/**
 * A page of an organisation's devices, or the counts of all that are selected.
 * @param now the position of what is read now
 * @throws RefusedRequest
 */
export async function listDevices(
  database: Queryable,
  org: string,
  { summaryOnly, ...query }: ListQuery,
  now: string,
): Promise<DeviceList> {
  if (flag('summaryOnly', summaryOnly)) return summary(database, org, query);
  const list = selectedList(devices, { 'r.org': org }, query);
  const page = await deviceReader.page(database, list);
  const metadata = listMetadata('Device', page, list.criteria, list.request.at ?? now);
  return { ...head, metadata, items: page.rows.map(presentDevice) };
}
