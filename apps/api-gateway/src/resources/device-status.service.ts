import { Injectable } from '@nestjs/common';
import { Device, type DeviceStatus } from '@skein/api';
import { canonicalJson } from '@skein/domain-resource';
import { deviceHealthReported, deviceStatusReported } from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import { attempt } from './attempt.js';
import { originOf, requireSelf, type Caller } from './caller.js';
import { deviceReader, presentDevice, presentReported } from './device-reader.js';
import { DEVICE_STATUSES } from './device-statuses.js';
import type { Draft } from './kind-rules.js';
import { Organisations } from './organisations.js';
import { withPatchedStatus, type Patch } from './patch/patched.js';
import { Presence } from './presence.js';
import { RefusedRequest } from './refused-request.js';

/** What others know of a device without asking for it: what it runs, and how it is. */
interface News {
  /** Null: it has not reported yet. */
  readonly renderedVersion: number | null;
  readonly updated: string | null;
  readonly summary: string;
  readonly applications: string;
  readonly lifecycle: string;
}

interface Known extends News {
  readonly uid: string;
}

interface Report extends News {
  readonly status: DeviceStatus;
  readonly renderedVersion: number;
  readonly updated: string;
}

const { summary, application, lifecycle } = DEVICE_STATUSES;

const KNOWN = `
select r.uid, s.rendered_version as "renderedVersion", s.updated,
  ${summary} as summary, ${application} as applications, ${lifecycle} as lifecycle
from gateway.devices r left join gateway.device_statuses s on s.org = r.org and s.uid = r.uid
where r.org = $1 and r.name = $2`;

const LOCK = 'select 1 from gateway.devices where org = $1 and name = $2 for no key update';

const STORE = `
insert into gateway.device_statuses as s (org, uid, rendered_version, updated, status, last_seen)
select r.org, r.uid, $3, $4, $5, now() from gateway.devices r where r.org = $1 and r.uid = $2
on conflict (org, uid) do update
  set rendered_version = excluded.rendered_version, updated = excluded.updated,
      status = excluded.status, last_seen = excluded.last_seen`;

/** Heartbeats: nothing that anybody decides or selects by has changed. */
const REFRESH = `
update gateway.device_statuses s set status = $5, last_seen = now()
where org = $1 and uid = $2 and rendered_version = $3 and updated = $4
  and (${summary}, ${application}, ${lifecycle}) = ($6, $7, $8)
returning uid`;

const LOCK_STATUS = 'select 1 from gateway.device_statuses where org = $1 and uid = $2 for update';

const GROW = 'update gateway.devices set version = version + $3 where org = $1 and uid = $2';

/** The `status` in a part of a report, as SQL reads it. */
function statusIn(part: object | undefined): string {
  const { status } = (part ?? {}) as { readonly status?: unknown };
  if (status === undefined || status === null) return 'Unknown';
  return typeof status === 'string' ? status : JSON.stringify(status);
}

/** @throws RefusedRequest when nothing is reported */
function said(status: DeviceStatus | undefined): DeviceStatus {
  if (status) return status;
  throw new RefusedRequest('invalid', 'status: is missing');
}

function reportOf(status: DeviceStatus): Report {
  return {
    status,
    renderedVersion: Number(status.config?.renderedVersion ?? 0),
    updated: status.updated?.status ?? 'Unknown',
    summary: statusIn(status.summary),
    applications: statusIn(status.applicationsSummary),
    lifecycle: statusIn(status.lifecycle),
  };
}

const healthOf = ({ summary, applications, lifecycle }: News) => ({
  summary,
  applications,
  lifecycle,
});

/** What is new in a report. */
function newsIn(report: Report, known: Known): Draft[] {
  const { renderedVersion, updated } = report;
  const drafts: Draft[] = [];
  if (renderedVersion !== known.renderedVersion || updated !== known.updated) {
    drafts.push({ definition: deviceStatusReported, data: { renderedVersion, updated } });
  }
  const health = healthOf(report);
  if (canonicalJson(health) !== canonicalJson(healthOf(known))) {
    drafts.push({ definition: deviceHealthReported, data: health });
  }
  return drafts;
}

/** What devices say that they run, and how they are. Only a change of that enters the log. */
@Injectable()
export class DeviceStatusService {
  constructor(
    private readonly organisations: Organisations,
    private readonly presence: Presence,
  ) {}

  async read(caller: Caller, name: string): Promise<Device> {
    await this.known(this.organisations.of(caller.org), caller, name);
    return presentDevice(
      await deviceReader.one(this.organisations.of(caller.org), caller.org, name),
    );
  }

  async report(caller: Caller, name: string, status: DeviceStatus | undefined): Promise<Device> {
    const report = reportOf(said(status));
    const known = await this.known(this.organisations.of(caller.org), caller, name);
    this.presence.note({ org: caller.org, uid: known.uid });
    const isNews = newsIn(report, known).length > 0;
    const refreshed = !isNews && (await this.refresh(caller, known.uid, report));
    const append = () => this.append(caller, name, () => Promise.resolve(report.status));
    if (!refreshed) await attempt(append);
    return presentDevice(
      await deviceReader.one(this.organisations.of(caller.org), caller.org, name),
    );
  }

  /** Patches what the device reported last: a report that leaves the rest as it was. */
  async patch(caller: Caller, name: string, patch: Patch): Promise<Device> {
    const { uid } = await this.known(this.organisations.of(caller.org), caller, name);
    this.presence.note({ org: caller.org, uid });
    const change = async (transaction: Transaction) => {
      await transaction.query(LOCK_STATUS, [caller.org, uid]);
      const reported = presentReported(await deviceReader.one(transaction, caller.org, name));
      return said(withPatchedStatus(Device, reported, patch).status);
    };
    await attempt(() => this.append(caller, name, change));
    return presentDevice(
      await deviceReader.one(this.organisations.of(caller.org), caller.org, name),
    );
  }

  private async refresh({ org }: Caller, uid: string, report: Report): Promise<boolean> {
    const { renderedVersion, updated, status } = report;
    const found = await this.organisations
      .of(org)
      .query(REFRESH, [
        ...[org, uid, renderedVersion, updated, JSON.stringify(status)],
        ...Object.values(healthOf(report)),
      ]);
    return found.length > 0;
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
      const known = await this.known(transaction, caller, name);
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

  private async known(database: Queryable, caller: Caller, name: string): Promise<Known> {
    const [known] = await database.query<Known>(KNOWN, [caller.org, name]);
    requireSelf(caller, known?.uid);
    if (!known) throw RefusedRequest.notFound('Device', name);
    return known;
  }
}
