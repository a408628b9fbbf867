import { Injectable } from '@nestjs/common';
import type {
  Delivered,
  DevicesConnectionChanged,
  DispatchingSwitched,
  FleetRolloutRequested,
  RolloutAction,
  RolloutActionRequested,
} from '@skein/events';
import type { Transaction } from '@skein/postgres';

/** The last wish counts. */
const ROLLOUTS_WANTED = `
insert into rollout.fleets as f
  (org, fleet, pinned, pinned_generation, request_immediate, request_number)
select distinct on (org, fleet) org, fleet, pinned, generation, immediate, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::boolean[])
  as e (org, fleet, number, pinned, generation, immediate)
order by org, fleet, number desc
on conflict (org, fleet) do update
  set pinned = excluded.pinned, pinned_generation = excluded.pinned_generation,
      request_immediate = excluded.request_immediate, request_number = excluded.request_number
  where excluded.request_number > f.request_number`;

/** Of a rollout that has ended nothing is asked any more: a wish can meet its end on the way. */
const PAUSES = `
update rollout.rollouts r
set paused = e.paused, paused_number = e.number, paused_at = e.at, paused_by = e.actor, pause_reason = e.reason
from (
  select distinct on (org, rollout) * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[],
                                                  $5::timestamptz[], $6::text[], $7::text[])
    as e (org, rollout, number, paused, at, actor, reason)
  order by org, rollout, number desc
) e
where r.org = e.org and r.rollout = e.rollout and r.state in ('active', 'waiting')
  and e.number > r.paused_number`;

const APPROVALS = `
update rollout.rollouts r set approved = greatest(r.approved, e.batch)
from (
  select org, rollout, max(batch) as batch from unnest($1::uuid[], $2::uuid[], $3::integer[])
    as e (org, rollout, batch) group by org, rollout
) e
where r.org = e.org and r.rollout = e.rollout`;

const ABORTS = `
update rollout.rollouts r set abort_message = e.message
from unnest($1::uuid[], $2::uuid[], $3::text[]) as e (org, rollout, message)
where r.org = e.org and r.rollout = e.rollout and r.abort_message is null
  and r.state in ('active', 'waiting')`;

/** Devices that fail from now on are not meant. */
const RETRIES = `
update rollout.rollouts r set retry_before = now()
from unnest($1::uuid[], $2::uuid[]) as e (org, rollout)
join rollout.fleets f on f.org = e.org and f.rollout = e.rollout
where r.org = e.org and r.rollout = e.rollout and r.state in ('active', 'waiting', 'completed')`;

const FREEZES = `
insert into rollout.organisations as o (org, frozen, frozen_number, since, actor, reason)
select distinct on (org) org, frozen, number, at, actor, reason
from unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::timestamptz[], $5::text[], $6::text[])
  as e (org, number, frozen, at, actor, reason)
order by org, number desc
on conflict (org) do update
  set frozen = excluded.frozen, frozen_number = excluded.frozen_number, since = excluded.since,
      actor = excluded.actor, reason = excluded.reason
  where excluded.frozen_number > o.frozen_number`;

/** Where dispatching goes on, each fleet with something to dispatch is looked at, a few at a time. */
const RESUME = `
update rollout.fleets f set resuming = true
from (
  select f.org, f.fleet
  from rollout.organisations o join rollout.fleets f on f.org = o.org
  where o.org = any($1::uuid[]) and not o.frozen and (f.rolling or exists (
    select from rollout.held h where h.org = f.org and h.fleet = f.fleet))
  order by f.org, f.fleet for no key update of f
) e
where f.org = e.org and f.fleet = e.fleet`;

const CONNECTIONS = `
insert into rollout.devices as d (org, device, connected, connected_number)
select distinct on (org, device) org, device, connected, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[]) as e (org, device, number, connected)
order by org, device, number desc
on conflict (org, device) do update
  set connected = excluded.connected, connected_number = excluded.connected_number
  where excluded.connected_number > d.connected_number`;

type Asked = Delivered<RolloutActionRequested>;

function messageOf({ event: { actor, data } }: Asked): string {
  const by = `aborted by ${actor ?? 'somebody'}`;
  return data.reason ? `${by}: ${data.reason}` : by;
}

const orgsOf = (events: readonly Delivered[]) => events.map(({ event }) => event.org);
const subjectsOf = (events: readonly Delivered[]) => events.map(({ event }) => event.subject);
const numbersOf = (events: readonly Delivered[]) => events.map(({ sequence }) => sequence);
const timesOf = (events: readonly Delivered[]) => events.map(({ event }) => event.time);
const actorsOf = (events: readonly Delivered[]) => events.map(({ event }) => event.actor ?? null);

/** Folds what people ask of rollouts, and which devices are silent. What comes of it is decided from the rows. */
@Injectable()
export class Requests {
  async foldWanted(transaction: Transaction, events: readonly Delivered<FleetRolloutRequested>[]) {
    await transaction.query(ROLLOUTS_WANTED, [
      ...[orgsOf(events), subjectsOf(events), numbersOf(events)],
      events.map(({ event }) => event.data.templateVersion),
      events.map(({ event }) => event.data.generation),
      events.map(({ event }) => event.data.immediate),
    ]);
  }

  async foldActions(transaction: Transaction, events: readonly Asked[]): Promise<void> {
    const of = (...actions: readonly RolloutAction[]) =>
      events.filter(({ event }) => actions.includes(event.data.action));
    const [pauses, approvals] = [of('pause', 'resume'), of('approve')];
    const [aborts, retries] = [of('abort'), of('retry')];
    await this.write(transaction, PAUSES, pauses, [
      numbersOf(pauses),
      pauses.map(({ event }) => event.data.action === 'pause'),
      timesOf(pauses),
      actorsOf(pauses),
      pauses.map(({ event }) => event.data.reason),
    ]);
    await this.write(transaction, APPROVALS, approvals, [
      approvals.map(({ event }) => event.data.batch ?? 0),
    ]);
    await this.write(transaction, ABORTS, aborts, [aborts.map(messageOf)]);
    await this.write(transaction, RETRIES, retries, []);
  }

  async foldFreezes(transaction: Transaction, events: readonly Delivered<DispatchingSwitched>[]) {
    await transaction.query(FREEZES, [
      ...[orgsOf(events), numbersOf(events)],
      events.map(({ event }) => event.data.frozen),
      ...[timesOf(events), actorsOf(events)],
      events.map(({ event }) => event.data.reason),
    ]);
    await transaction.query(RESUME, [orgsOf(events)]);
  }

  async foldConnections(
    transaction: Transaction,
    events: readonly Delivered<DevicesConnectionChanged>[],
  ): Promise<void> {
    const rows = events.flatMap(({ sequence, event: { org, data } }) =>
      data.members.map((member) => ({ org, sequence, ...member })),
    );
    await transaction.query(CONNECTIONS, [
      rows.map(({ org }) => org),
      rows.map(({ device }) => device),
      rows.map(({ sequence }) => sequence),
      rows.map(({ connected }) => connected),
    ]);
  }

  private async write(
    transaction: Transaction,
    statement: string,
    events: readonly Asked[],
    values: readonly unknown[],
  ): Promise<void> {
    if (events.length === 0) return;
    await transaction.query(statement, [orgsOf(events), subjectsOf(events), ...values]);
  }
}
