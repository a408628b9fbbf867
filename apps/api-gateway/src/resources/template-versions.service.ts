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
import { listMetadata, pageRequest, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';

interface Row {
  readonly name: string;
  readonly generation: number;
  readonly spec: DeviceSpec;
  readonly createdAt: Date;
}

const SELECT = `
select name, generation, spec, created_at as "createdAt" from gateway.template_versions
where org = $1 and fleet = $2`;

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
    const [row] = await this.postgres.query<Row>(`${SELECT} and name = $3`, [org, uid, name]);
    if (!row) throw RefusedRequest.notFound('TemplateVersion', `${fleet}/${name}`);
    return present(fleet, row);
  }

  async list({ org }: Caller, fleet: string, query: ListQuery): Promise<TemplateVersionList> {
    const { limit, after } = pageRequest('TemplateVersion', query);
    const { uid } = await fleetReader.one(this.postgres, org, fleet);
    const found = await this.postgres.query<Row>(
      `${SELECT} and ($3::text is null or name > $3) order by name limit $4`,
      [org, uid, after, limit + 1],
    );
    const rows = found.slice(0, limit);
    const next = found.length > limit ? rows.at(-1)!.name : undefined;
    return {
      apiVersion: API_VERSION,
      kind: 'TemplateVersionList',
      metadata: listMetadata('TemplateVersion', { rows, next }),
      items: rows.map((row) => present(fleet, row)),
    };
  }
}
