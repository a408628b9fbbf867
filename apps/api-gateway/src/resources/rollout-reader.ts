import type { DeviceOutcome } from '@skein/api';
import type { DisruptionBudget, LabelSelector } from '@skein/domain-resource';
import type { Queryable } from '@skein/postgres';
import { RefusedRequest } from './refused-request.js';

export interface Counts {
  readonly held: number;
  readonly waiting: number;
  readonly updated: number;
  readonly failed: number;
}

/** A rollout as its service shows it, with the names that people know. */
export interface RolloutRow extends Counts {
  readonly uid: string;
  readonly fleetUid: string;
  readonly fleet: string;
  readonly templateVersion: string;
  readonly strategy: 'Immediate' | 'BatchSequence';
  readonly state: 'active' | 'waiting' | 'completed' | 'stopped' | 'superseded';
  readonly batch: number;
  readonly lastBatch: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly timeoutSeconds: number;
  readonly budget: DisruptionBudget | null;
  readonly errorThreshold: number | null;
  readonly latest: boolean;
  readonly waitReason: string | null;
  readonly waitSince: Date | null;
  readonly haltedBy: string | null;
  readonly haltReason: string | null;
}

export interface BatchRow extends Counts {
  readonly batch: number;
  readonly definition: { readonly selector?: LabelSelector; readonly limit?: number | string };
  readonly threshold: number;
  readonly approval: 'Automatic' | 'Manual';
  readonly announcedAt: Date | null;
  readonly dispatchedAt: Date | null;
  readonly completedAt: Date | null;
}

/** Devices that a budget, a pause or a freeze holds back, by the values of the budget's labels. */
export interface GroupRow {
  readonly group: string;
  readonly held: number;
  readonly since: Date;
}

export interface RolloutDeviceRow {
  readonly uid: string;
  readonly name: string;
  readonly batch: number | null;
  readonly outcome: DeviceOutcome;
  readonly since: Date;
  readonly dueAt: Date | null;
  readonly awaiting: boolean;
  readonly problem: string | null;
  readonly connected: boolean;
  /** Why its document is not made yet; null when it only waits for its turn. */
  readonly rendering: string | null;
}

const SELECT = `
select r.rollout as uid, r.fleet as "fleetUid", coalesce(f.name, r.fleet::text) as fleet,
  coalesce(t.name, n.name, r.template_version::text) as "templateVersion", r.strategy, r.state, r.batch,
  r.last_batch as "lastBatch", r.started_at as "startedAt", r.ended_at as "endedAt", r.reason, r.message,
  extract(epoch from r.update_timeout)::float8 as "timeoutSeconds", r.budget,
  r.error_threshold as "errorThreshold", r.latest, r.held, r.waiting, r.updated, r.failed,
  r.wait_reason as "waitReason", r.wait_since as "waitSince", r.halted_by as "haltedBy",
  r.halt_reason as "haltReason"
from organisation.shown_rollouts r
left join gateway.names f on f.org = r.org and f.uid = r.fleet
left join gateway.template_versions t on t.org = r.org and t.uid = r.template_version
left join gateway.names n on n.org = r.org and n.uid = r.template_version
where r.org = $1`;

const PAGE = `${SELECT} and ($2::uuid is null or r.fleet = $2) and ($3::uuid is null or r.rollout < $3)
order by r.rollout desc limit $4`;

const BATCHES = `
select batch, definition, threshold, approval, announced_at as "announcedAt", dispatched_at as "dispatchedAt",
  completed_at as "completedAt", held, waiting, updated, failed
from organisation.shown_batches where org = $1 and rollout = $2 order by batch limit $3`;

const GROUPS = `
select grp as "group", sum(held)::integer as held, min(since) as since
from organisation.waits_for_budget where org = $1 and rollout = $2
group by grp order by grp limit $3`;

const DEVICES = `
select s.device as uid, coalesce(d.name, s.device::text) as name, s.batch, s.outcome, s.since,
  s.due_at as "dueAt", s.awaiting, s.problem, s.connected, w.reason as rendering
from organisation.shown_devices s
left join gateway.names d on d.org = s.org and d.uid = s.device
left join lateral (
  select reason from organisation.shown_waits w where w.org = s.org and w.device = s.device limit 1) w on s.awaiting
where s.org = $1 and s.rollout = $2 and s.outcome = any($3::text[])
  and ($4::uuid is null or s.device > $4)
order by s.device limit $5`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The uid that a \`continue\` names. */
function place(kind: string, after: string | null): string | null {
  if (after === null || UUID.test(after)) return after;
  throw new RefusedRequest('invalid', `continue: is not a position in a list of ${kind}`);
}

export interface DevicesWanted {
  readonly outcomes: readonly DeviceOutcome[];
  readonly after: string | null;
  readonly limit: number;
}

/** Reads rollouts from the views by which their service shows them. Nothing is decided by them. */
export const rolloutReader = {
  /** @throws RefusedRequest when there is none */
  async one(database: Queryable, org: string, uid: string): Promise<RolloutRow> {
    const found = UUID.test(uid)
      ? await database.query<RolloutRow>(`${SELECT} and r.rollout = $2`, [org, uid])
      : [];
    if (!found[0]) throw RefusedRequest.notFound('Rollout', uid);
    return found[0];
  },

  /** Newest first. */
  page(
    database: Queryable,
    org: string,
    { fleet, after, limit }: { fleet: string | null; after: string | null; limit: number },
  ): Promise<RolloutRow[]> {
    return database.query<RolloutRow>(PAGE, [org, fleet, place('Rollout', after), limit]);
  },

  batches(database: Queryable, org: string, uid: string, limit: number): Promise<BatchRow[]> {
    return database.query<BatchRow>(BATCHES, [org, uid, limit]);
  },

  groups(database: Queryable, org: string, uid: string, limit: number): Promise<GroupRow[]> {
    return database.query<GroupRow>(GROUPS, [org, uid, limit]);
  },

  devices(
    database: Queryable,
    org: string,
    uid: string,
    { outcomes, after, limit }: DevicesWanted,
  ): Promise<RolloutDeviceRow[]> {
    const from = place('RolloutDevice', after);
    return database.query<RolloutDeviceRow>(DEVICES, [org, uid, outcomes, from, limit]);
  },
};
