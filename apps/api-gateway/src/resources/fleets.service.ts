import { Injectable } from '@nestjs/common';
import { API_VERSION, Fleet, type FleetList } from '@skein/api';
import { sameJson } from '@skein/domain-resource';
import {
  fleetCreated,
  fleetDeleted,
  fleetLabelsUpdated,
  fleetRolloutPolicyUpdated,
  fleetSelectorUpdated,
  fleetTemplateUpdated,
  type JsonObject,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { FleetRow } from '../entities/fleet-row.js';
import type { Caller } from './caller.js';
import { fleetSummaries } from './device-summary.js';
import { flag } from './flag.js';
import { fleetReader, presentFleet, type FleetReadRow } from './fleet-reader.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import type { Changes, Draft, Identity, KindRules, Saved } from './kind-rules.js';
import { OrganisationDatabases } from './organisation-database.js';
import { listMetadata, type ListQuery } from './page.js';
import { patched, type Patch } from './patch/patched.js';
import { RefusedRequest } from './refused-request.js';
import { RepositoryUsers } from './repository-users.js';
import { fleets } from './selection/selectables.js';
import { selectedList } from './selection/selected-list.js';
import { ListPositions } from './watch/list-positions.js';
import { WatchedResources, type WatchedList } from './watch/watched-list.js';
import { Writer } from './writer.js';
import type { WriteRequest } from './write-request.js';

const watchable = {
  selectable: fleets,
  source: fleetReader,
  present: (row: FleetReadRow) => presentFleet(row),
};

type Parts = Pick<FleetRow, 'selector' | 'template' | 'rolloutPolicy'>;

function partsOf({ spec }: Fleet): Parts {
  const { selector = null, template, rolloutPolicy = null } = spec;
  return { selector, template, rolloutPolicy };
}

const said = (value: object | null) => value as unknown as JsonObject;

@Injectable()
export class FleetsService implements KindRules<FleetRow, Fleet> {
  readonly kind = 'Fleet';
  readonly entity = FleetRow;
  readonly views = ['gateway.fleet_views'];
  private readonly writer: Writer<FleetRow, Fleet>;

  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly users: RepositoryUsers,
    keys: IdempotencyKeys,
    private readonly positions: ListPositions,
  ) {
    this.writer = new Writer(organisations, this, keys);
  }

  create(caller: WriteRequest, body: Fleet): Promise<Fleet> {
    return this.writer.create(caller, body);
  }

  replace(caller: WriteRequest, name: string, body: Fleet): Promise<Saved<Fleet>> {
    return this.writer.replace(caller, name, body);
  }

  patch(caller: WriteRequest, name: string, patch: Patch): Promise<Fleet> {
    return this.writer.patch(caller, name, (shown) => patched(Fleet, shown, patch));
  }

  delete(caller: WriteRequest, name: string): Promise<void> {
    return this.writer.remove(caller, name);
  }

  async read({ org }: Caller, name: string, query: ListQuery): Promise<Fleet> {
    const row = await fleetReader.one(this.organisations.of(org), org, name);
    const [fleet] = await this.presentAll(org, [row], query);
    return fleet!;
  }

  /**
   * The fleet, if its status is what it is said to be: nobody but Skein says it.
   * @throws RefusedRequest when it is another one
   */
  async requireStatus(
    caller: Caller,
    name: string,
    say: (shown: Fleet) => Fleet['status'],
  ): Promise<Fleet> {
    const shown = await this.read(caller, name, {});
    if (sameJson(say(shown) ?? null, shown.status)) return shown;
    throw new RefusedRequest('invalid', 'status: is said by Skein, and cannot be written');
  }

  async list({ org }: Caller, query: ListQuery): Promise<FleetList> {
    const now = this.positions.now(org);
    const list = selectedList(fleets, { 'r.org': org }, query);
    const page = await fleetReader.page(this.organisations.of(org), list);
    return {
      apiVersion: API_VERSION,
      kind: 'FleetList',
      metadata: listMetadata('Fleet', page, list.criteria, list.request.at ?? now),
      items: await this.presentAll(org, page.rows, query),
    };
  }

  /** @throws RefusedRequest */
  watched({ org }: Caller, query: ListQuery): WatchedList {
    return new WatchedResources(this.organisations.of(org), watchable, { 'r.org': org }, query);
  }

  make(_transaction: Transaction, { name }: Identity, body: Fleet): Promise<Changes<FleetRow>> {
    const { selector, template, rolloutPolicy } = partsOf(body);
    const data = {
      name,
      generation: 1,
      selector: said(selector),
      template: said(template),
      rolloutPolicy: said(rolloutPolicy),
    };
    return Promise.resolve({
      columns: { selector, template, rolloutPolicy, templateGeneration: 1 },
      events: [{ definition: fleetCreated, data }],
    });
  }

  change(_transaction: Transaction, row: FleetRow, body: Fleet): Promise<Changes<FleetRow>> {
    const { labels = {} } = body.metadata;
    const parts = partsOf(body);
    const generation = row.generation + 1;
    const events: Draft[] = [];
    const differs = (part: keyof Parts) => !sameJson(parts[part], row[part]);
    if (differs('selector')) {
      events.push({ definition: fleetSelectorUpdated, data: { selector: said(parts.selector) } });
    }
    if (differs('template')) {
      events.push({
        definition: fleetTemplateUpdated,
        data: { template: said(parts.template), generation },
      });
    }
    if (differs('rolloutPolicy')) {
      const rolloutPolicy = said(parts.rolloutPolicy);
      events.push({ definition: fleetRolloutPolicyUpdated, data: { rolloutPolicy } });
    }
    const templateGeneration = differs('template') ? generation : row.templateGeneration;
    const respecified = events.length > 0 && { ...parts, generation, templateGeneration };
    const columns: Partial<FleetRow> = { ...respecified };
    if (!sameJson(labels, row.labels)) {
      columns.labels = labels;
      events.push({ definition: fleetLabelsUpdated, data: { labels } });
    }
    return Promise.resolve({ columns, events });
  }

  async remove(transaction: Transaction, row: FleetRow) {
    await this.users.forget(transaction, row);
    return [{ definition: fleetDeleted, data: { name: row.name } }];
  }

  async saved(transaction: Transaction, identity: Identity, { spec }: Fleet): Promise<void> {
    await this.users.note(transaction, 'Fleet', identity, spec.template.spec);
  }

  async present(transaction: Transaction, { org, name }: Identity): Promise<Fleet> {
    return presentFleet(await fleetReader.one(transaction, org, name));
  }

  private async presentAll(
    org: string,
    rows: readonly FleetReadRow[],
    query: ListQuery,
  ): Promise<Fleet[]> {
    const isCounted = flag('addDevicesSummary', query['addDevicesSummary']);
    if (!isCounted) return rows.map((row) => presentFleet(row));
    const uids = rows.map(({ uid }) => uid);
    const counted = await fleetSummaries(this.organisations.of(org), org, uids);
    return rows.map((row) => presentFleet(row, counted.get(row.uid)));
  }
}
