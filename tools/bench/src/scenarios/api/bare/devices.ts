import { API_VERSION, type Device } from '@skein/api';
import { sameJson, repositoriesOf } from '@skein/domain-resource';
import {
  DEFAULT_ORGANISATION as org,
  deviceCreated,
  deviceLabelsUpdated,
  deviceSpecUpdated,
  newUid,
  type JsonObject,
  type NewEvent,
} from '@skein/events';
import type { Queryable } from '@skein/postgres';
import { deviceIn } from './checks.js';
import { patchedBy } from './patching.js';
import { Refusal, refuse } from './refusal.js';
import { whereOf, type Where } from './selector.js';
import { shown, type DeviceRecord } from './shown.js';
import * as sql from './statements.js';
import type { Store } from './store.js';

/** Who asks. */
export type Origin = NonNullable<NewEvent['origin']>;
export interface PageQuery {
  readonly limit?: string;
  readonly continue?: string;
  readonly labelSelector?: string;
}
type Locked = Pick<DeviceRecord, 'uid' | 'name' | 'labels' | 'spec' | 'generation' | 'version'>;

/** Nobody can watch here; it is as long as a position of Skein. */
const POSITION = '0'.repeat(22);

/** Selected by labels, whose number decides on the plan. */
const ANEW = { planAnew: true };

const notFound = (name: string) => new Refusal(404, `Device ${name} does not exist`);

async function find(database: Queryable, name: string): Promise<Device> {
  const [record] = await database.query<DeviceRecord>(sql.ONE, [org, name]);
  if (!record) throw notFound(name);
  return shown(record);
}

async function noteUsers(database: Queryable, uid: string, spec: object = {}): Promise<void> {
  const repositories = repositoriesOf(spec);
  if (repositories.length > 0) await database.query(sql.LOCK_REPOSITORIES, [org, repositories]);
  await database.query(sql.NOTE_USERS, [org, uid, repositories, 'Device']);
}

function limitOf(text = '100'): number {
  refuse(
    /^\d+$/.test(text) && Number(text) <= 1_000
      ? []
      : ['limit: must be a whole number from 0 to 1000'],
  );
  return Number(text) || 100;
}

function afterOf(token: string | undefined, criteria: string): string | null {
  if (token === undefined) return null;
  const said = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, string>;
  refuse(said['criteria'] === criteria ? [] : ['continue: is from a list with other criteria']);
  return said['after']!;
}

async function countAfter(store: Store, where: Where, after: string): Promise<number> {
  const { condition, parameters } = where;
  const rows = parameters.length > 1 ? sql.SELECT : 'select from gateway.devices r';
  const text = `select count(*) as count from (${rows} where ${condition} and r.name > $${parameters.length + 1}) selected`;
  const [row] = await store.reading.query<{ count: number }>(text, [...parameters, after], ANEW);
  return row!.count;
}

/** What the handlers do. */
export class Devices {
  constructor(private readonly store: Store) {}

  read(name: string): Promise<Device> {
    return find(this.store.reading, name);
  }

  async list(query: PageQuery): Promise<object> {
    const where = whereOf(query.labelSelector);
    const { condition, parameters, criteria } = where;
    const limit = limitOf(query.limit);
    const at = parameters.length;
    const found = await this.store.reading.query<DeviceRecord>(
      `${sql.SELECT} where ${condition} and ($${at + 1}::text is null or r.name > $${at + 1}) order by r.name limit $${at + 2}`,
      [...parameters, afterOf(query.continue, criteria), limit + 1],
      ANEW,
    );
    const items = found.slice(0, limit).map(shown);
    const next = found.length > limit ? await this.next(where, items.at(-1)!) : {};
    const metadata = { resourceVersion: POSITION, ...next };
    return { apiVersion: API_VERSION, kind: 'DeviceList', metadata, items };
  }

  create(origin: Origin, body: unknown): Promise<Device> {
    const { metadata, spec = null } = deviceIn(body);
    const { name, labels = {} } = metadata;
    if (!name) throw new Refusal(400, 'metadata.name: is missing');
    const uid = newUid();
    return this.store.commit(async (transaction) => {
      const parameters = [org, uid, name, labels, spec];
      const made = await transaction.query(sql.INSERT, parameters);
      if (made.length === 0) throw new Refusal(409, `Device ${name} exists already`);
      await noteUsers(transaction, uid, spec ?? undefined);
      const data = { name, labels, spec: spec as JsonObject | null, generation: 1 };
      const events = [{ definition: deviceCreated, data, org, subject: uid, origin }];
      return { events, result: await find(transaction, name) };
    });
  }

  patch(origin: Origin, name: string, patch: unknown): Promise<Device> {
    return this.store.commit(async (transaction) => {
      const [row] = await transaction.query<Locked>(sql.LOCK, [org, name]);
      if (!row) throw notFound(name);
      const body = deviceIn(patchedBy(patch, await find(transaction, name)));
      const { resourceVersion } = body.metadata;
      if (resourceVersion !== undefined && resourceVersion !== String(row.version)) {
        throw new Refusal(409, `Device ${name} has resourceVersion ${row.version}`);
      }
      const events = await this.change(transaction, row, body);
      const about = { org, subject: row.uid, origin };
      return {
        events: events.map((event) => ({ ...event, ...about })),
        result: await find(transaction, name),
      };
    });
  }

  private async change(transaction: Queryable, row: Locked, { metadata, ...body }: Device) {
    const spec = body.spec ?? null;
    const { labels = {} } = metadata;
    const events: Pick<NewEvent, 'definition' | 'data'>[] = [];
    const version = () => row.version + events.length;
    if (!sameJson(labels, row.labels)) {
      events.push({ definition: deviceLabelsUpdated, data: { labels } });
      await transaction.query(sql.UPDATE_LABELS, [org, row.uid, labels, version()]);
    }
    if (!sameJson(spec, row.spec)) {
      const data = { spec, generation: row.generation + 1 };
      events.push({ definition: deviceSpecUpdated, data });
      await transaction.query(sql.UPDATE_SPEC, [org, row.uid, spec, version()]);
      await noteUsers(transaction, row.uid, body.spec);
    }
    return events;
  }

  private async next(where: Where, last: Device): Promise<object> {
    const after = last.metadata.name!;
    const token = { kind: 'Device', after, criteria: where.criteria, at: POSITION };
    return {
      continue: Buffer.from(JSON.stringify(token)).toString('base64url'),
      remainingItemCount: await countAfter(this.store, where, after),
    };
  }
}
