import { Injectable } from '@nestjs/common';
import type { Delivered, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';

/** A thing to decide about. */
type Wanted = Pick<Want, 'kind' | 'org' | 'uid'>;

/** A fleet that something wanted belongs to. */
export interface ConcernedFleet {
  readonly org: string;
  readonly fleet: string;
  /** Handed on to what is decided about it. */
  readonly origin: Origin;
}

/** A device concerns its owner and the fleet that selected it last. */
const CONCERNED = `
with wanted as materialized (
  select kind, org, uid, index
  from unnest($1::text[], $2::uuid[], $3::uuid[]) with ordinality as w (kind, org, uid, index)
), concerned as (
  select org, uid as fleet, index from wanted where kind = 'fleet'
  union all
  select r.org, r.fleet, w.index
  from wanted w join rollout.rollouts r on r.org = w.org and r.rollout = w.uid
  where w.kind = 'rollout'
  union all
  select d.org, f.fleet, w.index
  from wanted w
  join rollout.devices d on d.org = w.org and d.device = w.uid
  left join rollout.rollouts r on r.org = d.org and r.rollout = d.target_rollout
  cross join lateral (values (d.owner), (r.fleet)) as f (fleet)
  where w.kind = 'device' and f.fleet is not null
)
select distinct on (org, fleet) org, fleet, index from concerned order by org, fleet, index`;

/** A fleet can be named before its creation arrives: it gets a row, so that it can be locked. */
const ENSURE = `
insert into rollout.fleets (org, fleet)
select org, fleet from unnest($1::uuid[], $2::uuid[]) as w (org, fleet)
where not exists (select from rollout.fleets f where f.org = w.org and f.fleet = w.fleet)
order by org, fleet
on conflict do nothing`;

const LOCK = `
select f.fleet from rollout.fleets f
join unnest($1::uuid[], $2::uuid[]) as w (org, fleet) on f.org = w.org and f.fleet = w.fleet
order by f.org, f.fleet for update of f`;

function named({ org, kind, subject, data }: Delivered['event']): Wanted[] {
  const { fleet, members = [] } = data as {
    fleet?: string;
    members?: readonly { device: string; owner?: string | null }[];
  };
  const fleets = [kind === 'Fleet' ? subject : fleet, ...members.map(({ owner }) => owner)];
  const devices = [...(kind === 'Device' ? [subject] : []), ...members.map(({ device }) => device)];
  return [
    ...fleets.flatMap((uid) => (uid ? [{ kind: 'fleet' as const, org, uid }] : [])),
    ...devices.map((uid) => ({ kind: 'device' as const, org, uid })),
  ];
}

/** Keeps two replicas from deciding about one fleet side by side. */
@Injectable()
export class FleetLocks {
  /** Locks the fleets that the events are about. */
  async lockNamed(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    await this.lock(
      transaction,
      events.flatMap(({ event }) => named(event)),
    );
  }

  /** Locks the fleets of what is wanted and answers them. */
  async lockWanted(transaction: Transaction, wants: readonly Want[]): Promise<ConcernedFleet[]> {
    const fleets = await this.lock(transaction, wants);
    return fleets.map(({ org, fleet, index }) => ({
      org,
      fleet,
      origin: wants[index - 1]!.origin,
    }));
  }

  /** While it waited for a lock, a device may have moved to yet another fleet: looks again until all are locked. */
  private async lock(transaction: Transaction, wanted: readonly Wanted[]) {
    const locked = new Set<string>();
    for (;;) {
      const concerned = await this.concerned(transaction, wanted);
      const missing = concerned.filter(({ org, fleet }) => !locked.has(`${org}/${fleet}`));
      if (missing.length === 0) return concerned;
      const keys = [missing.map(({ org }) => org), missing.map(({ fleet }) => fleet)];
      await transaction.query(ENSURE, keys);
      await transaction.query(LOCK, keys);
      for (const { org, fleet } of missing) locked.add(`${org}/${fleet}`);
    }
  }

  private concerned(transaction: Transaction, wanted: readonly Wanted[]) {
    return transaction.query<{ org: string; fleet: string; index: number }>(CONCERNED, [
      wanted.map(({ kind }) => kind),
      wanted.map(({ org }) => org),
      wanted.map(({ uid }) => uid),
    ]);
  }
}
