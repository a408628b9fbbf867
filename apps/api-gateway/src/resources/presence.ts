import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@skein/event-log';
import { devicesConnectionChanged, MAX_MEMBERS, type NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { attempt } from './attempt.js';
import type { DeviceKey } from './waiter.js';

/** Devices that are written or found at once. */
const AT_ONCE = 5_000;
/** What was heard is written down so often: a crash forgets no more than that. */
const WRITE_EVERY_MS = 5_000;
/** Notes at the most: whoever comes beyond is noted the next time that it is heard of. */
const MOST_NOTES = 200_000;

/** Half a minute is near enough, and spares a write for most of what is heard. */
const SEEN = `
with heard as materialized (
  select p.org, p.uid, p.silent
  from unnest($1::uuid[], $2::uuid[]) as h (org, uid)
  join gateway.presence p on p.org = h.org and p.uid = h.uid
  where p.silent or p.seen_at < now() - interval '30 seconds'
  order by p.org, p.uid for update of p
), written as (
  update gateway.presence p set seen_at = now(), silent = false
  from heard h where p.org = h.org and p.uid = h.uid
)
select org, uid from heard where silent`;

const SILENT = `
with fallen as materialized (
  select org, uid from gateway.presence
  where not silent and seen_at < now() - make_interval(secs => $1)
  order by org, uid limit ${AT_ONCE} for update skip locked
)
update gateway.presence p set silent = true
from fallen f where p.org = f.org and p.uid = f.uid
returning p.org, p.uid`;

/** Which devices are heard of, noted in memory and written a few thousand at once; and which fell silent. */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly heard = new Map<string, DeviceKey>();
  private readonly loops: readonly WorkLoop[];

  constructor(
    private readonly log: EventLog,
    private readonly config: GatewayConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const loop = (name: string, idleMs: number, work: () => Promise<number>) =>
      new WorkLoop({ name, idleMs, work, logger });
    this.loops = [
      loop('noting which devices were heard of', WRITE_EVERY_MS, () => this.write()),
      loop('looking for silent devices', config.silentAfterMs / 10, () => this.findSilent()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.write().catch(() => undefined);
  }

  note({ org, uid }: DeviceKey): void {
    if (this.heard.size < MOST_NOTES) this.heard.set(`${org}/${uid}`, { org, uid });
  }

  /** Writes down what was heard; answers how many there may be still. */
  async write(): Promise<number> {
    const noted = [...this.heard].slice(0, AT_ONCE);
    if (noted.length === 0) return 0;
    const keys = noted.map(([, key]) => key);
    await this.change(true, (transaction) =>
      transaction.query<DeviceKey>(SEEN, [keys.map(({ org }) => org), keys.map(({ uid }) => uid)]),
    );
    for (const [key] of noted) this.heard.delete(key);
    return this.heard.size;
  }

  /** Marks devices that were not heard of for too long; answers whether there may be more. */
  async findSilent(): Promise<number> {
    const seconds = this.config.silentAfterMs / 1_000;
    const found = await this.change(false, (transaction) =>
      transaction.query<DeviceKey>(SILENT, [seconds]),
    );
    return found < AT_ONCE ? 0 : found;
  }

  /** Says which devices are back, or silent, in the transaction that notes it. */
  private change(
    connected: boolean,
    find: (transaction: Transaction) => Promise<DeviceKey[]>,
  ): Promise<number> {
    return attempt(() =>
      this.log.commit(async (transaction) => {
        const devices = await find(transaction);
        return { events: eventsOf(devices, connected), result: () => devices.length };
      }),
    );
  }
}

/** One event for each thousand devices of an organisation. */
function eventsOf(devices: readonly DeviceKey[], connected: boolean): NewEvent[] {
  return [...Map.groupBy(devices, ({ org }) => org)].flatMap(([org, own]) => {
    const members = own.map(({ uid }) => ({ device: uid, connected }));
    const chunks = Math.ceil(members.length / MAX_MEMBERS);
    return Array.from({ length: chunks }, (_, chunk) => {
      const data = { members: members.slice(chunk * MAX_MEMBERS, (chunk + 1) * MAX_MEMBERS) };
      return { definition: devicesConnectionChanged, org, subject: org, data };
    });
  });
}
