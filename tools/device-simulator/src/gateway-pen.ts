import { EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceCreated,
  deviceLabelsUpdated,
  deviceStatusReported,
  newUid,
  wakeChannel,
  type Labels,
  type NewEvent,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { openHintRedis } from '@skein/redis';
import { waker } from '@skein/stream';

const org = DEFAULT_ORGANISATION;
/** Devices in one transaction. */
const AT_ONCE = 500;

const INSERT = `
with named as (
  select * from unnest($2::uuid[], $3::text[], $4::jsonb[]) as named (uid, name, labels)
), made as (
  insert into gateway.devices (org, uid, name, labels, spec, generation, version)
  select $1, uid, name, labels, null, 1, 1 from named
)
insert into gateway.device_views (org, uid) select $1, uid from named`;

const NAMED = 'select uid from gateway.devices where org = $1 and name like $2 order by uid';

const RELABEL = `
update gateway.devices set labels = labels || $3::jsonb, version = version + 1
where org = $1 and uid = any($2::uuid[])
returning uid, labels`;

/** What the gateway has heard that devices are to run, after the event with this number. */
const RENDERED = `
select uid, rendered_version as "renderedVersion", rendered_number as number
from gateway.device_views where org = $1 and rendered_number > $2
order by uid`;

const GROW = `
update gateway.devices set version = version + 1 where org = $1 and uid = any($2::uuid[])
returning uid`;

const REPORT = `
insert into gateway.device_statuses as s (org, uid, rendered_version, updated, status, last_seen)
select $1, uid, rendered_version, 'UpToDate', status, now()
from unnest($2::uuid[], $3::bigint[], $4::json[]) as said (uid, rendered_version, status)
on conflict (org, uid) do update
  set rendered_version = excluded.rendered_version, updated = excluded.updated,
      status = excluded.status, last_seen = excluded.last_seen`;

/** A device that comes to be. */
export interface NewDevice {
  readonly name: string;
  readonly labels: Labels;
}

export interface CreatedDevice extends NewDevice {
  readonly uid: string;
}

/** What a device runs, or is to run. */
export interface Running {
  readonly uid: string;
  readonly renderedVersion: number;
}

interface Heard extends Running {
  /** Of the event that said so. */
  readonly number: number;
}

/** Each so many looks all devices are looked at: an event may be handled late. */
const LOOKS = 40;

/** Shorter than what single devices say: there are many of them. */
const shortStatus = (renderedVersion: number) => ({
  conditions: [],
  config: { renderedVersion: String(renderedVersion) },
  updated: { status: 'UpToDate' },
  summary: { status: 'Online' },
});

function inParts<Value>(values: readonly Value[]): Value[][] {
  const parts = Math.ceil(values.length / AT_ONCE);
  return Array.from({ length: parts }, (_part, at) =>
    values.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}

/** The gateway's own rows and its events, in one transaction as its doors write them, but for many devices at once. */
export class GatewayPen {
  /** What each device said last that it runs. */
  private readonly said = new Map<string, number>();
  private heard = 0;
  private looks = 0;

  private constructor(
    private readonly log: EventLog,
    private readonly disconnect: () => void,
  ) {}

  /**
   * @param databaseUrl with the gateway's role
   * @param redisUrl where services wait to be woken, with the prefix that they have by default
   */
  static async open(databaseUrl: string, redisUrl: string): Promise<GatewayPen> {
    const settings = { url: databaseUrl, applicationName: 'gateway-pen', poolSize: 2 };
    const postgres = await Postgres.open(settings);
    const redis = openHintRedis({ url: redisUrl, name: 'gateway-pen' });
    await redis.connect();
    const log = await EventLog.open(postgres, 'gateway', waker(redis, wakeChannel('skein')));
    return new GatewayPen(log, () => redis.disconnect());
  }

  /** Devices without a spec of their own; answers them in the same order. */
  async create(all: readonly NewDevice[]): Promise<CreatedDevice[]> {
    const created = all.map(({ name, labels }) => ({ uid: newUid(), name, labels }));
    for (const devices of inParts(created)) {
      await this.commit(async (query) => {
        const labels = devices.map((device) => JSON.stringify(device.labels));
        const uids = devices.map(({ uid }) => uid);
        await query(INSERT, [org, uids, devices.map(({ name }) => name), labels]);
        return devices.map(({ uid, ...said }) => ({
          ...{ definition: deviceCreated, org, subject: uid },
          data: { ...said, spec: null, generation: 1 },
        }));
      });
    }
    return created;
  }

  /** Adds labels to all devices whose name matches the pattern (of `like`); answers how many. */
  async relabel({ pattern, labels }: { pattern: string; labels: Labels }): Promise<number> {
    const found = await this.log.postgres.query<{ uid: string }>(NAMED, [org, pattern]);
    for (const part of inParts(found.map(({ uid }) => uid))) {
      await this.commit(async (query) => {
        const parameters = [org, part, JSON.stringify(labels)];
        const changed = await query<{ uid: string; labels: Labels }>(RELABEL, parameters);
        return changed.map((device) => ({
          ...{ definition: deviceLabelsUpdated, org, subject: device.uid },
          data: { labels: device.labels },
        }));
      });
    }
    return found.length;
  }

  /** Devices that have something newer to run than what they said here that they run. */
  async behind(): Promise<Running[]> {
    if (this.looks++ % LOOKS === 0) this.heard = 0;
    const found = await this.log.postgres.query<Heard>(RENDERED, [org, this.heard]);
    this.heard = found.reduce((last, { number }) => Math.max(last, number), this.heard);
    return found.filter((one) => one.renderedVersion > (this.said.get(one.uid) ?? 0));
  }

  /** Each of these devices says what it runs; one that is gone says nothing. */
  async report(devices: readonly Running[]): Promise<void> {
    for (const part of inParts(devices)) {
      await this.commit(async (query) => {
        const grown = await query<{ uid: string }>(GROW, [org, part.map(({ uid }) => uid)]);
        const live = new Set(grown.map(({ uid }) => uid));
        const reporting = part.filter(({ uid }) => live.has(uid));
        const versions = reporting.map(({ renderedVersion }) => renderedVersion);
        const statuses = versions.map((version) => JSON.stringify(shortStatus(version)));
        await query(REPORT, [org, reporting.map(({ uid }) => uid), versions, statuses]);
        return reporting.map(({ uid, renderedVersion }) => ({
          ...{ definition: deviceStatusReported, org, subject: uid },
          data: { renderedVersion, updated: 'UpToDate' },
        }));
      });
    }
    for (const { uid, renderedVersion } of devices) this.said.set(uid, renderedVersion);
  }

  async close(): Promise<void> {
    this.disconnect();
    await this.log.postgres.close();
  }

  private commit(work: (query: Postgres['query']) => Promise<NewEvent[]>): Promise<void> {
    return this.log.commit(async (transaction) => {
      const query: Postgres['query'] = (sql, parameters) => transaction.query(sql, parameters);
      return { events: await work(query), result: () => undefined };
    });
  }
}
