import { Injectable } from '@nestjs/common';
import {
  API_VERSION,
  type DeviceSpec,
  type TemplateVersion,
  type TemplateVersionList,
} from '@skein/api';
import type { Queryable } from '@skein/postgres';
import type { Caller } from './caller.js';
import { fleetReader } from './fleet-reader.js';
import { OrganisationDatabases } from './organisation-database.js';
import { listMetadata, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { templateVersions } from './selection/selectables.js';
import { readPage, selectedList, type ListSource } from './selection/selected-list.js';
import type { Scope } from './selection/selection.js';
import { ListPositions } from './watch/list-positions.js';
import { WatchedResources, type WatchedList } from './watch/watched-list.js';

interface Row {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: DeviceSpec;
  readonly createdAt: Date;
}

const source: ListSource = {
  table: 'gateway.template_versions',
  select: `
select r.uid, r.name, r.generation, r.spec, r.created_at as "createdAt" from gateway.template_versions r
join gateway.fleets f on f.org = r.org and f.uid = r.fleet`,
};

const ONE = `${source.select} where r.org = $1 and r.fleet = $2 and r.name = $3`;

function present(fleet: string, { name, generation, spec, createdAt }: Row): TemplateVersion {
  const time = createdAt.toISOString();
  return {
    apiVersion: API_VERSION,
    kind: 'TemplateVersion',
    metadata: { name, generation, owner: `Fleet/${fleet}`, creationTimestamp: time },
    spec: { fleet },
    status: { ...spec, conditions: [], updatedAt: time },
  };
}

/**
 * Template versions go with their fleet, and not before it.
 * @throws RefusedRequest when it is gone
 */
async function requireFleet(database: Queryable, scope: Scope, name: string) {
  const sql = 'select from gateway.fleets where org = $1 and uid = $2';
  const found = await database.query(sql, [scope['r.org'], scope['r.fleet']]);
  if (found.length === 0) throw RefusedRequest.notFound('Fleet', name);
  return new Map<string, object>();
}

/** What the templates of fleets were frozen to. They are made by the validation service; here they are read. */
@Injectable()
export class TemplateVersionsService {
  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly positions: ListPositions,
  ) {}

  async read({ org }: Caller, fleet: string, name: string): Promise<TemplateVersion> {
    const { uid } = await fleetReader.one(this.organisations.of(org), org, fleet);
    const [row] = await this.organisations.of(org).query<Row>(ONE, [org, uid, name]);
    if (!row) throw RefusedRequest.notFound('TemplateVersion', `${fleet}/${name}`);
    return present(fleet, row);
  }

  async list({ org }: Caller, fleet: string, query: ListQuery): Promise<TemplateVersionList> {
    const now = this.positions.now(org);
    const { uid } = await fleetReader.one(this.organisations.of(org), org, fleet);
    const list = selectedList(templateVersions, { 'r.org': org, 'r.fleet': uid }, query);
    const page = await readPage<Row>(this.organisations.of(org), source, list);
    return {
      apiVersion: API_VERSION,
      kind: 'TemplateVersionList',
      metadata: listMetadata('TemplateVersion', page, list.criteria, list.request.at ?? now),
      items: page.rows.map((row) => present(fleet, row)),
    };
  }

  /** @throws RefusedRequest */
  async watched({ org }: Caller, fleet: string, query: ListQuery): Promise<WatchedList> {
    const { uid } = await fleetReader.one(this.organisations.of(org), org, fleet);
    const watchable = {
      selectable: templateVersions,
      source,
      present: (row: Row) => present(fleet, row),
      left: (database: Queryable, scope: Scope) => requireFleet(database, scope, fleet),
    };
    return new WatchedResources(
      this.organisations.of(org),
      watchable,
      { 'r.org': org, 'r.fleet': uid },
      query,
    );
  }
}
