import { Injectable } from '@nestjs/common';
import {
  API_VERSION,
  type DeviceSpec,
  type TemplateVersion,
  type TemplateVersionList,
} from '@skein/api';
import { Postgres } from '@skein/postgres';
import type { Caller } from './caller.js';
import { fleetReader } from './fleet-reader.js';
import { listMetadata, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { templateVersions } from './selection/selectables.js';
import { readPage, selectedList, type ListSource } from './selection/selected-list.js';

interface Row {
  readonly name: string;
  readonly generation: number;
  readonly spec: DeviceSpec;
  readonly createdAt: Date;
}

const source: ListSource = {
  table: 'gateway.template_versions',
  select: `
select r.name, r.generation, r.spec, r.created_at as "createdAt" from gateway.template_versions r
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

/** What the templates of fleets were frozen to. They are made by the validation service; here they are read. */
@Injectable()
export class TemplateVersionsService {
  constructor(private readonly postgres: Postgres) {}

  async read({ org }: Caller, fleet: string, name: string): Promise<TemplateVersion> {
    const { uid } = await fleetReader.one(this.postgres, org, fleet);
    const [row] = await this.postgres.query<Row>(ONE, [org, uid, name]);
    if (!row) throw RefusedRequest.notFound('TemplateVersion', `${fleet}/${name}`);
    return present(fleet, row);
  }

  async list({ org }: Caller, fleet: string, query: ListQuery): Promise<TemplateVersionList> {
    const { uid } = await fleetReader.one(this.postgres, org, fleet);
    const list = selectedList(templateVersions, { 'r.org': org, 'r.fleet': uid }, query);
    const page = await readPage<Row>(this.postgres, source, list);
    return {
      apiVersion: API_VERSION,
      kind: 'TemplateVersionList',
      metadata: listMetadata('TemplateVersion', page, list.criteria),
      items: page.rows.map((row) => present(fleet, row)),
    };
  }
}
