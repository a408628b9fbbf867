import { Batched } from './batched.js';
import { ByOrganisation } from './by-organisation.js';
import type { Report } from './device-report.js';
import { DEVICE_STATUSES } from './device-statuses.js';
import type { OrganisationDatabases } from './organisation-database.js';
import type { DeviceKey } from './waiter.js';

interface Heartbeat {
  readonly uid: string;
  readonly report: Report;
  readonly json: string;
}

/** How long a heartbeat waits for others; so many batches a second reach the disk at the most. */
const GATHER_MS = 20;
/** Characters of reports in one statement. */
const MOST_CHARACTERS = 4 * 1_024 * 1_024;

const { summary, application, lifecycle } = DEVICE_STATUSES;

/**
 * Nothing that anybody decides or selects by has changed. Whose row somebody else is changing is left out, so that nobody
 * waits for it and no two batches wait for each other.
 */
const WRITE = `
with heard as materialized (
  select s.org, s.uid, h.status
  from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as h (uid, rendered_version, updated, summary, applications, lifecycle, status)
  join gateway.device_statuses s on s.org = $1 and s.uid = h.uid
  where s.rendered_version = h.rendered_version and s.updated = h.updated
    and (${summary}, ${application}, ${lifecycle}) = (h.summary, h.applications, h.lifecycle)
  order by s.uid for no key update of s skip locked
)
update gateway.device_statuses s set status = heard.status::json, last_seen = now()
from heard where s.org = heard.org and s.uid = heard.uid
returning s.uid`;

/** Reports that say nothing new, written for many devices of an organisation with one statement. They do not enter the log. */
export class Heartbeats {
  private readonly batches: ByOrganisation<Batched<Heartbeat, boolean>>;

  constructor(private readonly organisations: OrganisationDatabases) {
    const settings = {
      gatherMs: GATHER_MS,
      weigh: ({ json }: Heartbeat) => json.length,
      mostWeight: MOST_CHARACTERS,
    };
    this.batches = new ByOrganisation(
      (org) => new Batched((heartbeats) => this.writeAll(org, heartbeats), settings),
    );
  }

  /**
   * Resolves when it is committed: whether it was written. It is not when it is news after all, or somebody else is changing
   * what is known of the device.
   */
  write({ org, uid }: DeviceKey, report: Report): Promise<boolean> {
    return this.batches.of(org).get({ uid, report, json: JSON.stringify(report.status) });
  }

  private async writeAll(org: string, all: readonly Heartbeat[]): Promise<boolean[]> {
    // What was said last of a device stands for all that was said of it.
    const latest = [...new Map(all.map((one) => [one.uid, one])).values()];
    const reports = latest.map(({ report }) => report);
    const rows = await this.organisations
      .of(org)
      .query<{ uid: string }>(WRITE, [
        org,
        latest.map(({ uid }) => uid),
        reports.map(({ renderedVersion }) => renderedVersion),
        reports.map(({ updated }) => updated),
        reports.map((one) => one.summary),
        reports.map(({ applications }) => applications),
        reports.map((one) => one.lifecycle),
        latest.map(({ json }) => json),
      ]);
    const written = new Set(rows.map(({ uid }) => uid));
    return all.map(({ uid }) => written.has(uid));
  }
}
