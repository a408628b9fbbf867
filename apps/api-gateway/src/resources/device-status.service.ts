import { Injectable } from '@nestjs/common';
import { Device, type DeviceStatus } from '@skein/api';
import type { Transaction } from '@skein/postgres';
import { attempt } from './attempt.js';
import { originOf, requireSelf, type Caller } from './caller.js';
import {
  deviceReader,
  presentDevice,
  presentReported,
  type DeviceReadRow,
} from './device-reader.js';
import { newsIn, reportOf, said, type Known } from './device-report.js';
import { DEVICE_STATUSES } from './device-statuses.js';
import { Heartbeats } from './heartbeats.js';
import { InTurn } from './in-turn.js';
import { NamedLookup } from './named-lookup.js';
import { OrganisationDatabases } from './organisation-database.js';
import { withPatchedStatus, type Patch } from './patch/patched.js';
import { Presence } from './presence.js';
import { RefusedRequest } from './refused-request.js';

const { summary, application, lifecycle } = DEVICE_STATUSES;

const KNOWN = `
select r.uid, s.rendered_version as "renderedVersion", s.updated,
  ${summary} as summary, ${application} as applications, ${lifecycle} as lifecycle
from gateway.devices r left join gateway.device_statuses s on s.org = r.org and s.uid = r.uid`;
const KNOWN_ONE = `${KNOWN} where r.org = $1 and r.name = $2`;
const KNOWN_MANY = `${KNOWN} where r.org = k.org and r.name = k.name`;

const SHOWN = `${deviceReader.select} where r.org = k.org and r.name = k.name`;

const LOCK = 'select 1 from gateway.devices where org = $1 and name = $2 for no key update';

const STORE = `
insert into gateway.device_statuses as s (org, uid, rendered_version, updated, status, last_seen)
select r.org, r.uid, $3, $4, $5, now() from gateway.devices r where r.org = $1 and r.uid = $2
on conflict (org, uid) do update
  set rendered_version = excluded.rendered_version, updated = excluded.updated,
      status = excluded.status, last_seen = excluded.last_seen`;

const LOCK_STATUS = 'select 1 from gateway.device_statuses where org = $1 and uid = $2 for update';

const GROW = 'update gateway.devices set version = version + $3 where org = $1 and uid = $2';

/** Callers have turns of their own: another device, which is refused, must not hold this one up. */
const turnOf = ({ org, device = '' }: Caller, name: string): string => `${org}/${device}/${name}`;

/** @throws RefusedRequest when the caller is another device, or there is none */
function ownOf<Row extends { readonly uid: string }>(
  caller: Caller,
  name: string,
  row: Row | undefined,
): Row {
  requireSelf(caller, row?.uid);
  if (!row) throw RefusedRequest.notFound('Device', name);
  return row;
}

/** What devices say that they run, and how they are. Only a change of that enters the log. */
@Injectable()
export class DeviceStatusService {
  private readonly known: NamedLookup<Known>;
  private readonly shown: NamedLookup<DeviceReadRow>;
  private readonly heartbeats: Heartbeats;
  /** What a device says first is written first. */
  private readonly turns = new InTurn();

  constructor(
    private readonly organisations: OrganisationDatabases,
    private readonly presence: Presence,
  ) {
    this.known = new NamedLookup(organisations, KNOWN_MANY);
    this.shown = new NamedLookup(organisations, SHOWN);
    this.heartbeats = new Heartbeats(organisations);
  }

  async read(caller: Caller, name: string): Promise<Device> {
    const device = await this.shown.find(caller.org, name);
    return presentDevice(ownOf(caller, name, device));
  }

  async report(caller: Caller, name: string, status: DeviceStatus | undefined): Promise<Device> {
    const report = reportOf(said(status));
    return this.turns.run(turnOf(caller, name), async () => {
      const known = ownOf(caller, name, await this.known.find(caller.org, name));
      const key = { org: caller.org, uid: known.uid };
      this.presence.note(key);
      const isNews = newsIn(report, known).length > 0;
      const isWritten = !isNews && (await this.heartbeats.write(key, report));
      const append = () => this.append(caller, name, () => Promise.resolve(report.status));
      if (!isWritten) await attempt(append);
      return this.read(caller, name);
    });
  }

  /** Patches what the device reported last: a report that leaves the rest as it was. */
  patch(caller: Caller, name: string, patch: Patch): Promise<Device> {
    return this.turns.run(turnOf(caller, name), async () => {
      const { uid } = ownOf(caller, name, await this.known.find(caller.org, name));
      this.presence.note({ org: caller.org, uid });
      const change = async (transaction: Transaction) => {
        await transaction.query(LOCK_STATUS, [caller.org, uid]);
        const reported = presentReported(await deviceReader.one(transaction, caller.org, name));
        return said(withPatchedStatus(Device, reported, patch).status);
      };
      await attempt(() => this.append(caller, name, change));
      return this.read(caller, name);
    });
  }

  /** @param say what the device says, as it is found under the lock of its row */
  private append(
    caller: Caller,
    name: string,
    say: (transaction: Transaction) => Promise<DeviceStatus>,
  ): Promise<void> {
    return this.organisations.of(caller.org).commit(async (transaction: Transaction) => {
      const { org } = caller;
      // Locked first: what is read in a statement that waits may be older than the lock.
      await transaction.query(LOCK, [org, name]);
      const [row] = await transaction.query<Known>(KNOWN_ONE, [org, name]);
      const known = ownOf(caller, name, row);
      const report = reportOf(await say(transaction));
      const { renderedVersion, updated, status } = report;
      await transaction.query(STORE, [
        org,
        known.uid,
        renderedVersion,
        updated,
        JSON.stringify(status),
      ]);
      const news = newsIn(report, known);
      if (news.length > 0) await transaction.query(GROW, [org, known.uid, news.length]);
      const origin = originOf(caller);
      const events = news.map((draft) => ({ ...draft, org, subject: known.uid, origin }));
      return { events, result: () => undefined };
    });
  }
}
