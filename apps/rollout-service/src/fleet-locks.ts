import { Injectable } from '@nestjs/common';
import type { Delivered, Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { originOf, type Timer, type TimerLocks, type Want } from '@skein/task';

/** A thing to decide about. */
type Wanted = Pick<Want, 'kind' | 'org' | 'uid'>;

/** A fleet that something wanted belongs to. */
export interface ConcernedFleet {
  readonly org: string;
  readonly fleet: string;
  /** Handed on to what is decided about it. */
  readonly origin: Origin;
}

/** A device concerns its owner and the fleet that selected it last; without an owner, those of the organisation that have none. */
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
  select w.org, f.fleet, w.index
  from wanted w
  left join rollout.devices d on d.org = w.org and d.device = w.uid
  left join rollout.rollouts r on r.org = d.org and r.rollout = d.target_rollout
  cross join lateral (values (d.owner), (r.fleet)) as f (fleet)
  where w.kind = 'device' and (f.fleet is not null or d.owner is null)
)
select distinct on (org, fleet) org, fleet, index from concerned order by org, fleet, index`;

/** For devices that have no fleet, which comes before all fleets. */
const LOCK_FLEETLESS = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('rollout/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

/**
 * Locks in the order of the keys, and changes nothing. A fleet can be named before its creation arrives: it gets a row, so
 * that it can be locked.
 */
const LOCK = `
insert into rollout.fleets as f (org, fleet)
select org, fleet from unnest($1::uuid[], $2::uuid[]) as w (org, fleet)
order by org, fleet
on conflict (org, fleet) do update set name = f.name where false`;

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

/** A fleet, or the devices of an organisation that have none. */
interface Concerned {
  readonly org: string;
  readonly fleet: string | null;
  readonly index: number;
}

const isFleet = (one: Concerned): one is Concerned & { fleet: string } => one.fleet !== null;
const keyOf = ({ org, fleet }: Omit<Concerned, 'index'>) => `${org}/${fleet}`;

/** Keeps two replicas from deciding about one fleet, or changing one device, side by side. */
@Injectable()
export class FleetLocks implements TimerLocks {
  /** What the events of each open transaction are about, all of it locked. */
  private readonly locked = new WeakMap<Transaction, ReadonlyMap<string, ConcernedFleet>>();

  /** Locks what the events are about. */
  async lockNamed(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    const things = events.flatMap((delivered) =>
      named(delivered.event).map((thing) => ({ thing, delivered })),
    );
    const fleets = await this.lock(
      transaction,
      things.map(({ thing }) => thing),
      new Set(),
    );
    const originAt = (index: number) => originOf(things[index - 1]!.delivered);
    this.locked.set(transaction, byKey(fleets, originAt));
  }

  /**
   * The fleets that the events are about, and those of what is wanted, all locked. What the events are about was locked
   * before they were folded; one that came to a fleet meanwhile is wanted, so that its fleet is looked for again.
   */
  async lockWanted(transaction: Transaction, wants: readonly Want[]): Promise<ConcernedFleet[]> {
    const before = this.locked.get(transaction);
    if (wants.length === 0) return [...(before?.values() ?? [])];
    // Devices that have no fleet any more were changed here, and had one that is locked.
    const fleetless = wants.map(({ org }) => keyOf({ org, fleet: null }));
    const locked = new Set(before && [...before.keys(), ...fleetless]);
    const fleets = await this.lock(transaction, wants, locked);
    const wanted = byKey(fleets, (index) => wants[index - 1]!.origin);
    return [...new Map([...(before ?? []), ...wanted]).values()];
  }

  /** Timers of a fleet are set under its lock. */
  async lockTimers(transaction: Transaction, timers: readonly Timer[]): Promise<void> {
    await this.lock(transaction, timers, new Set());
  }

  /**
   * While it waited for a lock, a device may have moved to yet another fleet. Then it lets go of all that it locked here, and
   * locks all in order again: whoever waited for more with locks in hand would deadlock.
   */
  private async lock(
    transaction: Transaction,
    wanted: readonly Wanted[],
    before: ReadonlySet<string>,
  ): Promise<Concerned[]> {
    let concerned = await this.concerned(transaction, wanted);
    for (;;) {
      const missing = concerned.filter((fleet) => !before.has(keyOf(fleet)));
      if (missing.length === 0) return concerned;
      await transaction.query('savepoint fleets');
      await this.take(transaction, missing);
      const locked = new Set([...before, ...missing.map(keyOf)]);
      concerned = await this.concerned(transaction, wanted);
      if (concerned.every((fleet) => locked.has(keyOf(fleet)))) return concerned;
      await transaction.query('rollback to savepoint fleets');
    }
  }

  private async take(transaction: Transaction, missing: readonly Concerned[]): Promise<void> {
    const [fleets, fleetless] = [missing.filter(isFleet), missing.filter((one) => !isFleet(one))];
    const orgs = (all: readonly Concerned[]) => all.map(({ org }) => org);
    if (fleetless.length > 0) await transaction.query(LOCK_FLEETLESS, [orgs(fleetless)]);
    if (fleets.length > 0) {
      await transaction.query(LOCK, [orgs(fleets), fleets.map(({ fleet }) => fleet)]);
    }
  }

  private concerned(transaction: Transaction, wanted: readonly Wanted[]) {
    return transaction.query<Concerned>(CONCERNED, [
      wanted.map(({ kind }) => kind),
      wanted.map(({ org }) => org),
      wanted.map(({ uid }) => uid),
    ]);
  }
}

function byKey(
  fleets: readonly Concerned[],
  originAt: (index: number) => Origin,
): Map<string, ConcernedFleet> {
  return new Map(
    fleets
      .filter(isFleet)
      .map(({ org, fleet, index }) => [
        keyOf({ org, fleet }),
        { org, fleet, origin: originAt(index) },
      ]),
  );
}
