import { Injectable } from '@nestjs/common';
import { Device, type DeviceList } from '@skein/api';
import { sameJson } from '@skein/domain-resource';
import {
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  deviceSpecUpdated,
  type JsonObject,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { DeviceRow } from '../entities/device-row.js';
import type { Caller } from './caller.js';
import { listDevices } from './device-list.js';
import { deviceReader, presentDevice } from './device-reader.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { OrganisationDatabases } from './organisation-database.js';
import type { ListQuery } from './page.js';
import { patched, type Patch } from './patch/patched.js';
import { RepositoryUsers } from './repository-users.js';
import type { Changes, Draft, Identity, KindRules, Saved } from './kind-rules.js';
import { devices } from './selection/selectables.js';
import { ListPositions } from './watch/list-positions.js';
import { WatchedResources, type WatchedList } from './watch/watched-list.js';
import { Writer } from './writer.js';
import type { WriteRequest } from './write-request.js';

const watchable = { selectable: devices, source: deviceReader, present: presentDevice };

@Injectable()
export class DevicesService implements KindRules<DeviceRow, Device> {
  readonly kind = 'Device';
  readonly entity = DeviceRow;
  readonly views = ['gateway.presence', 'gateway.device_views'];
  private readonly writer: Writer<DeviceRow, Device>;

  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly users: RepositoryUsers,
    keys: IdempotencyKeys,
    private readonly positions: ListPositions,
  ) {
    this.writer = new Writer(organisations, this, keys);
  }

  create(caller: WriteRequest, body: Device): Promise<Device> {
    return this.writer.create(caller, body);
  }

  replace(caller: WriteRequest, name: string, body: Device): Promise<Saved<Device>> {
    return this.writer.replace(caller, name, body);
  }

  patch(caller: WriteRequest, name: string, patch: Patch): Promise<Device> {
    return this.writer.patch(caller, name, (shown) => patched(Device, shown, patch));
  }

  delete(caller: WriteRequest, name: string): Promise<void> {
    return this.writer.remove(caller, name);
  }

  async read({ org }: Caller, name: string): Promise<Device> {
    return presentDevice(await deviceReader.one(this.organisations.of(org), org, name));
  }

  list({ org }: Caller, query: ListQuery): Promise<DeviceList> {
    return listDevices(this.organisations.of(org), org, query, this.positions.now(org));
  }

  /** @throws RefusedRequest */
  watched({ org }: Caller, query: ListQuery): WatchedList {
    return new WatchedResources(this.organisations.of(org), watchable, { 'r.org': org }, query);
  }

  make(_transaction: Transaction, { name }: Identity, body: Device): Promise<Changes<DeviceRow>> {
    const { labels = {} } = body.metadata;
    const spec = body.spec ?? null;
    const data = { name, labels, spec: spec as JsonObject | null, generation: 1 };
    return Promise.resolve({ columns: { spec }, events: [{ definition: deviceCreated, data }] });
  }

  change(_transaction: Transaction, row: DeviceRow, body: Device): Promise<Changes<DeviceRow>> {
    const { labels = {} } = body.metadata;
    const spec = body.spec ?? null;
    const columns: Partial<DeviceRow> = {};
    const events: Draft[] = [];
    if (!sameJson(labels, row.labels)) {
      columns.labels = labels;
      events.push({ definition: deviceLabelsUpdated, data: { labels } });
    }
    if (!sameJson(spec, row.spec)) {
      const generation = row.generation + 1;
      Object.assign(columns, { spec, generation });
      events.push({
        definition: deviceSpecUpdated,
        data: { spec: spec as JsonObject | null, generation },
      });
    }
    return Promise.resolve({ columns, events });
  }

  async remove(transaction: Transaction, row: DeviceRow) {
    await this.users.forget(transaction, row);
    return [{ definition: deviceDeleted, data: { name: row.name } }];
  }

  async saved(transaction: Transaction, identity: Identity, { spec }: Device): Promise<void> {
    await this.users.note(transaction, 'Device', identity, spec);
  }

  async present(transaction: Transaction, { org, name }: Identity): Promise<Device> {
    return presentDevice(await deviceReader.one(transaction, org, name));
  }
}
