import { Injectable } from '@nestjs/common';
import type { Caller } from './caller.js';
import { DEVICE_TABLES } from './device-reader.js';
import { OrganisationDatabases } from './organisation-database.js';
import type { ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { Parameters } from './selection/parameters.js';
import { devices } from './selection/selectables.js';
import { selectedList } from './selection/selected-list.js';

const ALL = '1000';

/** The words that devices are selected by. */
@Injectable()
export class LabelsService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  /**
   * The distinct labels of the selected devices, as `key=value`, in the order of their bytes.
   * @throws RefusedRequest
   */
  async list({ org }: Caller, { kind, limit = ALL, ...query }: ListQuery): Promise<string[]> {
    if (kind !== 'Device') throw new RefusedRequest('invalid', 'kind: must be Device');
    if (query['continue'] !== undefined) {
      throw new RefusedRequest('invalid', 'continue: labels have no pages');
    }
    const { selection, scope, request } = selectedList(
      devices,
      { 'r.org': org },
      { ...query, limit },
    );
    const parameters = new Parameters();
    const condition = selection.condition(scope, parameters);
    const rows = await this.organisations.of(org).query<{ label: string }>(
      `select distinct (l.key || '=' || l.value) collate "C" as label
     ${DEVICE_TABLES} cross join lateral jsonb_each_text(r.labels) l
     where ${condition} order by label limit ${parameters.add(request.limit)}`,
      parameters.values,
      selection.planning,
    );
    return rows.map(({ label }) => label);
  }
}
