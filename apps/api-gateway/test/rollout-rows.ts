import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** A rollout as its service would have written it. */
export interface GivenRollout {
  readonly fleet: string;
  readonly version: string;
  readonly state?: string;
  readonly batch?: number;
  readonly reason?: string | null;
  readonly paused?: boolean;
  readonly held?: number;
  readonly waiting?: number;
  readonly failed?: number;
}

const usual = {
  ...{ state: 'active', batch: 1, reason: null, paused: false },
  ...{ held: 0, waiting: 0, failed: 0 },
};

/** Writes a rollout with two batches, which is the latest of its fleet; resolves with its uid. */
export async function giveRollout(admin: Queryable, given: GivenRollout): Promise<string> {
  const rollout = newUid();
  const { fleet, version, state, batch, reason, paused, held, waiting, failed } = {
    ...usual,
    ...given,
  };
  await admin.query(
    `insert into rollout.fleets (org, fleet, rollout) values ($1, $2, $3)
     on conflict (org, fleet) do update set rollout = excluded.rollout`,
    [org, fleet, rollout],
  );
  await admin.query(
    `insert into rollout.rollouts (org, rollout, fleet, template_version, strategy, state, batch, last_batch, reason,
       waiting_since, paused, paused_at, paused_by, pause_reason, held, waiting, failed)
     values ($1, $2, $3, $4, 'BatchSequence', $5, $6, 2, $7, now(), $8, now(), 'ada', 'lunch', $9, $10, $11)`,
    [...[org, rollout, fleet, version, state, batch, reason, paused], ...[held, waiting, failed]],
  );
  await admin.query(
    `insert into rollout.batches (org, rollout, batch, definition, threshold, approval, dispatched_at, waiting, held)
     values ($1, $2, 1, '{"limit": "50%"}', 90, 'Automatic', now(), $3, $4),
            ($1, $2, 2, '{}', 100, 'Manual', null, 0, 0)`,
    [org, rollout, waiting, held],
  );
  return rollout;
}

/** Writes what became of a device of the rollout. */
export async function giveDevice(
  admin: Queryable,
  rollout: string,
  device: { readonly uid: string; readonly columns: Readonly<Record<string, unknown>> },
): Promise<void> {
  const columns = Object.entries(device.columns);
  const names = columns.map(([name]) => `, ${name}`).join('');
  const values = columns.map((_, index) => `, $${index + 4}`).join('');
  await admin.query(
    `insert into rollout.devices (org, device, target_rollout, target_batch, selected_at, owner, target, created${names})
     select r.org, $2, r.rollout, 1, now(), r.fleet, r.template_version, true${values}
     from rollout.rollouts r where r.org = $1 and r.rollout = $3`,
    [org, device.uid, rollout, ...columns.map(([, value]) => value)],
  );
}

/** Writes a device that the rollout holds back. */
export async function holdDevice(
  admin: Queryable,
  rollout: string,
  { uid, group }: { readonly uid: string; readonly group: string },
): Promise<void> {
  await admin.query('insert into rollout.devices (org, device, created) values ($1, $2, true)', [
    org,
    uid,
  ]);
  await admin.query(
    `insert into rollout.held (org, device, fleet, rollout, template_version, batch, grp)
     select org, $2, fleet, rollout, template_version, 1, $4 from rollout.rollouts where org = $1 and rollout = $3`,
    [org, uid, rollout, group],
  );
}
