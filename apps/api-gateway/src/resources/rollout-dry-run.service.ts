import { Injectable } from '@nestjs/common';
import {
  API_VERSION,
  type DeviceSpec,
  type DryRunBatch,
  type DryRunChange,
  type Fleet,
  type RolloutDryRun,
} from '@skein/api';
import { canonicalJson, changesOf, type Labels } from '@skein/domain-resource';
import { planOf, Preview, type Plan } from '@skein/domain-rollout';
import type { Caller } from './caller.js';
import { fleetReader, type FleetReadRow } from './fleet-reader.js';
import { OrganisationDatabases } from './organisation-database.js';
import { pageRequest, type ListQuery } from './page.js';
import { RefusedRequest } from './refused-request.js';

/** Devices that are read at once. */
const AT_ONCE = 5_000;
/** Devices times batches: what one request may look at. */
const MOST_LOOKS = 20_000_000;
/** Template versions whose differences are shown, and differences of each. */
const MOST_VERSIONS = 20;
const MOST_CHANGES = 200;

/** In the order in which a rollout takes them. */
const DEVICES = `
select r.uid, r.labels, not coalesce(p.silent, false) as connected, v.target
from gateway.device_views v
join gateway.devices r on r.org = v.org and r.uid = v.uid
left join gateway.presence p on p.org = v.org and p.uid = v.uid
where v.org = $1 and v.owner = $2 and ($3::uuid is null or v.uid > $3)
order by v.uid limit ${AT_ONCE}`;

const NAMES = `
select d.name from unnest($2::uuid[]) with ordinality as t (uid, place)
join gateway.devices d on d.org = $1 and d.uid = t.uid order by t.place`;

const VERSIONS = `
select uid, name, spec from gateway.template_versions where org = $1 and uid = any($2::uuid[])`;

interface DeviceRow {
  readonly uid: string;
  readonly labels: Labels;
  readonly connected: boolean;
  readonly target: string | null;
}

interface VersionRow {
  readonly uid: string;
  readonly name: string;
  readonly spec: DeviceSpec;
}

interface Looked {
  readonly preview: Preview;
  readonly uids: readonly string[];
  /** How many devices have each template version now. */
  readonly targets: ReadonlyMap<string | null, number>;
}

function requireSame(row: FleetReadRow, { metadata, spec }: Fleet): void {
  const said = metadata.name ?? row.name;
  if (said !== row.name)
    throw new RefusedRequest('invalid', `metadata.name: is ${said}, and the path says ${row.name}`);
  if (canonicalJson(spec.selector ?? null) === canonicalJson(row.selector ?? null)) return;
  const message = 'spec.selector: differs from that of the fleet, whose devices are looked at';
  throw new RefusedRequest('invalid', `${message}: apply the selector first`);
}

/** Says what a rollout would do now. Nothing is written. */
@Injectable()
export class RolloutDryRunService {
  constructor(private readonly organisations: OrganisationDatabases) {}

  /** @param body the fleet as it would be applied; absent: as it is */
  async run({ org }: Caller, name: string, query: ListQuery, body?: Fleet): Promise<RolloutDryRun> {
    const { limit } = pageRequest('RolloutDryRun', query);
    const row = await fleetReader.one(this.organisations.of(org), org, name);
    if (body) requireSame(row, body);
    const { template, rolloutPolicy } = body?.spec ?? row;
    const plan = planOf(rolloutPolicy ?? null);
    // As long as the template is the same, devices that have its version are not taken again.
    const isNew = body !== undefined && canonicalJson(template) !== canonicalJson(row.template);
    const current = isNew ? null : await this.currentVersion(org, row.uid);
    const looked = await this.look(org, row.uid, plan, current);
    return {
      apiVersion: API_VERSION,
      kind: 'RolloutDryRun',
      fleet: name,
      strategy: plan.strategy,
      batches: await this.batches(org, plan, looked, limit),
      changes: await this.changes(org, looked, template.spec),
    };
  }

  private async currentVersion(org: string, fleet: string): Promise<string | null> {
    const [view] = await this.organisations
      .of(org)
      .query<{ version: string | null }>(
        'select template_version as version from gateway.fleet_views where org = $1 and uid = $2',
        [org, fleet],
      );
    return view?.version ?? null;
  }

  private async look(
    org: string,
    fleet: string,
    plan: Plan,
    current: string | null,
  ): Promise<Looked> {
    const preview = new Preview(plan);
    const uids: string[] = [];
    const targets = new Map<string | null, number>();
    for (;;) {
      const after = uids.at(-1) ?? null;
      const rows = await this.organisations.of(org).query<DeviceRow>(DEVICES, [org, fleet, after]);
      for (const { uid, labels, connected, target } of rows) {
        preview.add({ labels, connected, selected: current !== null && target === current });
        uids.push(uid);
        targets.set(target, (targets.get(target) ?? 0) + 1);
      }
      if (preview.size * plan.batches.length > MOST_LOOKS) {
        const message = `${plan.batches.length} batches of more than ${preview.size - AT_ONCE} devices`;
        throw new RefusedRequest('too-large', `${message}: too much to try out at once`);
      }
      if (rows.length < AT_ONCE) return { preview, uids, targets };
    }
  }

  private async batches(
    org: string,
    plan: Plan,
    { preview, uids }: Looked,
    limit: number,
  ): Promise<DryRunBatch[]> {
    const previewed = preview.batches();
    const shown = previewed.map(({ taken }) => taken.slice(0, limit).map((place) => uids[place]!));
    const found = await this.organisations
      .of(org)
      .query<{ name: string }>(NAMES, [org, shown.flat()]);
    const names = found.map(({ name }) => name);
    let from = 0;
    return previewed.map(({ matching, taken }, index) => {
      const { threshold, approval } = plan.batches[index]!;
      const own = names.slice(from, (from += shown[index]!.length));
      const about = { batch: index + 1, matching, devices: taken.length };
      return { ...about, successThreshold: threshold, approval, names: own };
    });
  }

  private async changes(org: string, { targets }: Looked, spec: object): Promise<DryRunChange[]> {
    const mostUsed = [...targets].toSorted(([, a], [, b]) => b - a).slice(0, MOST_VERSIONS);
    const uids = mostUsed.flatMap(([uid]) => uid ?? []);
    const rows = await this.organisations.of(org).query<VersionRow>(VERSIONS, [org, uids]);
    const versions = new Map(rows.map((row) => [row.uid, row]));
    return mostUsed.map(([uid, devices]) => {
      const version = uid === null ? undefined : versions.get(uid);
      const changes = changesOf(version?.spec ?? {}, spec, MOST_CHANGES);
      return { ...(version && { from: version.name }), devices, changes };
    });
  }
}
