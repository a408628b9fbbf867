import { Injectable } from '@nestjs/common';
import {
  API_VERSION,
  type Condition,
  Repository,
  type RepositoryList,
  type RepositorySpec,
} from '@skein/api';
import { sameJson } from '@skein/domain-resource';
import {
  repositoryCreated,
  repositoryDeleted,
  repositoryLabelsUpdated,
  repositorySpecUpdated,
  type JsonObject,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { RepositoryRow } from '../entities/repository-row.js';
import type { Caller } from './caller.js';
import { metadataOf } from './metadata.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { OrganisationDatabases } from './organisation-database.js';
import { listMetadata, type ListQuery } from './page.js';
import { READ_COLUMNS, Reader, type ReadRow } from './reader.js';
import { RepositoryCredentials } from './repository-credentials.js';
import { leaksTo, maskedInBoth, maskedSpec, withoutCredentials } from './repository-secrets.js';
import { RefusedRequest } from './refused-request.js';
import { patched, type Patch } from './patch/patched.js';
import { RepositoryUsers } from './repository-users.js';
import type { Changes, Draft, Identity, KindRules, Saved } from './kind-rules.js';
import { repositories } from './selection/selectables.js';
import { selectedList } from './selection/selected-list.js';
import { ListPositions } from './watch/list-positions.js';
import { WatchedResources, type WatchedList } from './watch/watched-list.js';
import { Writer } from './writer.js';
import type { WriteRequest } from './write-request.js';

interface Row extends ReadRow {
  readonly spec: RepositorySpec;
  readonly accessible: boolean | null;
  readonly accessReason: string;
  readonly accessMessage: string;
  readonly accessibleSince: Date;
}

const reader = new Reader<Row>(
  'Repository',
  'gateway.repositories',
  `select ${READ_COLUMNS}, r.spec, r.accessible, r.access_reason as "accessReason",
     r.access_message as "accessMessage", r.accessible_since as "accessibleSince"
   from gateway.repositories r`,
);

function accessCondition(row: Row): Condition {
  const type = 'Accessible';
  if (row.accessible === null) {
    const [reason, message] = ['NotChecked', 'The repository has not been looked at yet.'];
    const lastTransitionTime = row.createdAt.toISOString();
    return { type, status: 'Unknown', reason, message, lastTransitionTime };
  }
  return {
    type,
    status: row.accessible ? 'True' : 'False',
    reason: row.accessReason,
    message: row.accessMessage,
    lastTransitionTime: row.accessibleSince.toISOString(),
  };
}

function present(row: Row): Repository {
  return {
    apiVersion: API_VERSION,
    kind: 'Repository',
    metadata: metadataOf(row),
    spec: row.spec,
    status: { conditions: [accessCondition(row)] },
  };
}

const watchable = { selectable: repositories, source: reader, present };

@Injectable()
export class RepositoriesService implements KindRules<RepositoryRow, Repository> {
  readonly kind = 'Repository';
  readonly entity = RepositoryRow;
  readonly views = [];
  private readonly writer: Writer<RepositoryRow, Repository>;

  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly credentials: RepositoryCredentials,
    private readonly users: RepositoryUsers,
    keys: IdempotencyKeys,
    private readonly positions: ListPositions,
  ) {
    this.writer = new Writer(organisations, this, keys);
  }

  create(caller: WriteRequest, body: Repository): Promise<Repository> {
    return this.writer.create(caller, body);
  }

  replace(caller: WriteRequest, name: string, body: Repository): Promise<Saved<Repository>> {
    return this.writer.replace(caller, name, body);
  }

  patch(caller: WriteRequest, name: string, patch: Patch): Promise<Repository> {
    return this.writer.patch(caller, name, (shown) => patched(Repository, shown, patch));
  }

  delete(caller: WriteRequest, name: string): Promise<void> {
    return this.writer.remove(caller, name);
  }

  async read({ org }: Caller, name: string): Promise<Repository> {
    return present(await reader.one(this.organisations.of(org), org, name));
  }

  async list({ org }: Caller, query: ListQuery): Promise<RepositoryList> {
    const now = this.positions.now(org);
    const list = selectedList(repositories, { 'r.org': org }, query);
    const page = await reader.page(this.organisations.of(org), list);
    return {
      apiVersion: API_VERSION,
      kind: 'RepositoryList',
      metadata: listMetadata('Repository', page, list.criteria, list.request.at ?? now),
      items: page.rows.map(present),
    };
  }

  /** @throws RefusedRequest */
  watched({ org }: Caller, query: ListQuery): WatchedList {
    return new WatchedResources(this.organisations.of(org), watchable, { 'r.org': org }, query);
  }

  async make(
    transaction: Transaction,
    identity: Identity,
    { spec }: Repository,
  ): Promise<Changes<RepositoryRow>> {
    const credentials = await this.credentials.seal(transaction, identity, spec);
    const said = withoutCredentials(spec) as unknown as JsonObject;
    const data = { name: identity.name, spec: said, credentials };
    return {
      columns: { spec: maskedSpec(spec), credentials },
      events: [{ definition: repositoryCreated, data }],
    };
  }

  async change(
    transaction: Transaction,
    row: RepositoryRow,
    { metadata, spec }: Repository,
  ): Promise<Changes<RepositoryRow>> {
    if (leaksTo(row.spec, spec)) {
      throw new RefusedRequest(
        'invalid',
        'spec.url: names another server, so the credentials must be given anew and not masked',
      );
    }
    const credentials = await this.credentials.seal(transaction, row, spec, row.credentials);
    const [shown, labels] = [maskedSpec(spec), metadata.labels ?? {}];
    const columns: Partial<RepositoryRow> = {};
    const events: Draft[] = [];
    if (!sameJson(labels, row.labels)) {
      columns.labels = labels;
      events.push({ definition: repositoryLabelsUpdated, data: { labels } });
    }
    const same = credentials === row.credentials && sameJson(shown, row.spec);
    if (!same) {
      Object.assign(columns, { spec: shown, credentials, generation: row.generation + 1 });
      const said = withoutCredentials(spec) as unknown as JsonObject;
      events.push({ definition: repositorySpecUpdated, data: { spec: said, credentials } });
    }
    return { columns, events };
  }

  async hidden(transaction: Transaction, row: RepositoryRow, { spec }: Repository) {
    const names = await this.credentials.changed(transaction, row, spec, row.credentials);
    return maskedInBoth(row.spec, spec, names);
  }

  async remove(transaction: Transaction, row: RepositoryRow) {
    await this.users.requireNone(transaction, row);
    return [{ definition: repositoryDeleted, data: { name: row.name } }];
  }

  async present(transaction: Transaction, { org, name }: Identity): Promise<Repository> {
    return present(await reader.one(transaction, org, name));
  }
}
