import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { EventScene } from './event-scene.js';

type Loose = ReturnType<typeof JSON.parse>;

/** A device as the gateway has it after all that it heard. */
interface StoredDevice {
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly generation?: number;
  /** Uid of the fleet. */
  readonly owner?: string | null;
  /** What it reported; null: nothing yet. */
  readonly status?: object | null;
  readonly lastSeen?: string;
}

const time = '2026-01-01T00:00:00Z';
const usual = {
  labels: {},
  createdAt: time,
  generation: 1,
  owner: null,
  status: null,
  lastSeen: time,
};

const DEVICE = `
with device as (
  insert into gateway.devices (org, uid, name, labels, generation, version, created_at)
  values ($1, $2, $3, $4, $5, 1, $6) returning org, uid
), report as (
  insert into gateway.device_statuses (org, uid, rendered_version, updated, status, last_seen)
  select org, uid, 0, 'Updating', $8::json, $9 from device where $8::text is not null
)
insert into gateway.device_views (org, uid, owner, rendered_version) select org, uid, $7, 1 from device`;

/** A gateway with resources in its tables, as many as a test needs, and their lists. */
export class ListScene extends EventScene {
  readonly device = async (
    name: string,
    stored: StoredDevice = {},
    org = DEFAULT_ORGANISATION,
  ): Promise<void> => {
    const { labels, createdAt, generation, owner, status, lastSeen } = { ...usual, ...stored };
    const report = status === null ? null : JSON.stringify(status);
    const parts = [labels, generation, createdAt, owner, report, lastSeen];
    await this.postgres.query(DEVICE, [org, newUid(), name, ...parts]);
  };

  readonly uidOf = async (table: string, name: string): Promise<string> => {
    const sql = `select uid from gateway.${table} where name = $1`;
    const [row] = await this.postgres.query<{ uid: string }>(sql, [name]);
    return row!.uid;
  };

  readonly listOf = async (path: string, query: Readonly<Record<string, string>>): Promise<Loose> =>
    (await this.call('GET', `/${path}?${new URLSearchParams(query).toString()}`)).body;

  /** The names on the only page. */
  readonly names = async (
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<string[]> => {
    const body = await this.listOf(path, query);
    if (!body.items) throw new Error(body.message);
    return body.items.map(({ metadata }: Loose) => metadata.name);
  };
}
