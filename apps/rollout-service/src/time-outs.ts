import { Injectable } from '@nestjs/common';
import { timedOut } from '@skein/domain-rollout';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { Timers, type Want } from '@skein/task';
import type { ConcernedFleet } from './fleet-locks.js';
import { originsOf } from './rollout-starts.js';

/** Devices that fail in one transaction at the most. */
const AT_ONCE = 10_000;

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as w (org, fleet)';

/** Only what was due when the timer was: of what came due later, the reports may still wait to be handled. */
const FAIL = `
with due as materialized (
  select d.org, d.device, f.fleet
  from ${KEYS}
  join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
  join rollout.devices d on d.org = f.org and d.owner = f.fleet
    and d.outcome = 'waiting' and not d.deleted and d.due_at <= f.timer_due
  order by d.due_at limit ${AT_ONCE}
), rung as (
  update rollout.fleets f set timer_due = null
  from ${KEYS} where f.org = w.org and f.fleet = w.fleet
)
update rollout.devices d set timed_out_at = now()
from due join rollout.rollouts r on r.org = due.org
where d.org = due.org and d.device = due.device and r.rollout = d.target_rollout
returning d.org, d.device, due.fleet, d.target_rollout as rollout, d.target as "templateVersion",
          d.target_batch as batch, (extract(epoch from r.update_timeout) * 1000)::bigint as "timeoutMs"`;

/**
 * A timer for each fleet, due when the first of its devices is: not one for each device. In whole seconds, so that devices
 * that were selected together time out together.
 */
const NEXT = `
update rollout.fleets f set timer_due = n.due
from (
  select f.org, f.fleet, date_trunc('second', first.due_at) + interval '1 second' as due
  from ${KEYS}
  join rollout.fleets f on f.org = w.org and f.fleet = w.fleet
  cross join lateral (
    select d.due_at from rollout.devices d
    where d.org = f.org and d.owner = f.fleet and d.outcome = 'waiting' and not d.deleted
      and d.due_at > '-infinity'
    order by d.due_at limit 1
  ) first
) n
where f.org = n.org and f.fleet = n.fleet and (f.timer_due is null or f.timer_due > n.due)
returning f.org, f.fleet, ceil(extract(epoch from n.due - now()) * 1000)::float8 as "afterMs"`;

interface Failed {
  readonly org: string;
  readonly device: string;
  readonly fleet: string;
  readonly rollout: string;
  readonly templateVersion: string;
  readonly batch: number | null;
  readonly timeoutMs: number;
}

function keysOf(fleets: readonly { org: string; fleet: string }[]): unknown[] {
  return [fleets.map(({ org }) => org), fleets.map(({ fleet }) => fleet)];
}

/** Devices that take too long after their selection fail, so that they hold nothing up for ever. */
@Injectable()
export class TimeOuts {
  constructor(private readonly timers: Timers) {}

  /** @param wants what is wanted of fleets: those whose timer has rung are looked through */
  async perform(transaction: Transaction, wants: readonly Want[]): Promise<NewEvent[]> {
    const rung = wants
      .filter(({ causes }) => causes.has('timer'))
      .map(({ org, uid, origin }) => ({ org, fleet: uid, origin }));
    if (rung.length === 0) return [];
    const failed = await transaction.query<Failed>(FAIL, keysOf(rung));
    await this.setNext(transaction, rung);
    const origins = originsOf(rung);
    return [...Map.groupBy(failed, ({ rollout }) => rollout).values()].flatMap((group) => {
      const { org, fleet, rollout, templateVersion, timeoutMs } = group[0]!;
      const origin = origins({ org, fleet });
      const subject = { org, fleet, rollout, templateVersion, ...(origin && { origin }) };
      return timedOut(
        subject,
        timeoutMs,
        group.map(({ device, batch }) => ({ device, batch })),
      );
    });
  }

  /** Sets the timers of fleets of which devices were selected, unless an earlier one is set. */
  async setNext(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<void> {
    if (fleets.length === 0) return;
    const next = await transaction.query<{ org: string; fleet: string; afterMs: number }>(
      NEXT,
      keysOf(fleets),
    );
    await this.timers.set(
      transaction,
      next.map(({ org, fleet, afterMs }) => ({
        ...{ kind: 'fleet' as const, org, uid: fleet },
        ...{ afterMs, origin: {} },
      })),
    );
  }
}
