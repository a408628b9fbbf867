import { Injectable } from '@nestjs/common';
import type { DisruptionBudget } from '@skein/domain-resource';
import { roomIn, selected, type BudgetGroup, type Target } from '@skein/domain-rollout';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import type { ConcernedFleet } from './fleet-locks.js';
import {
  COUNT_GROUPS,
  FORGET_GROUPS,
  GROUPS,
  HOLD,
  HOLDING,
  LEFT,
  RELEASE,
  RELEASING,
  RESUMED,
  STALE,
  UNHOLD,
} from './held-statements.js';
import { originsOf } from './rollout-starts.js';

/** A device that is to be selected when the disruption budget of its fleet lets it. */
export interface DeviceToHold {
  readonly org: string;
  readonly device: string;
  readonly target: Omit<Target, 'labelsVersion'>;
}

interface FleetKey {
  readonly org: string;
  readonly fleet: string;
}

interface Released extends FleetKey {
  readonly device: string;
  readonly rollout: string;
  readonly templateVersion: string;
  readonly batch: number | null;
}

interface HeldGroup extends BudgetGroup, FleetKey {
  readonly group: string;
  readonly budget: DisruptionBudget | null;
}

/** Devices that one transaction selects at the most. */
const AT_ONCE = 5_000;

function keysOf(fleets: readonly FleetKey[]): unknown[] {
  return [fleets.map(({ org }) => org), fleets.map(({ fleet }) => fleet)];
}

/** How many of each group are selected now. */
function roomsOf(groups: readonly HeldGroup[]): (HeldGroup & { room: number })[] {
  let left = AT_ONCE;
  return groups.flatMap((group) => {
    const room = Math.min(roomIn(group.budget, group), left);
    left -= room;
    return room > 0 ? [{ ...group, room }] : [];
  });
}

/**
 * Devices that were named for a rollout and wait until their fleet's disruption budget has room. Whoever selects, names
 * or counts here holds the fleet's lock, so that no two replicas see the same room.
 */
@Injectable()
export class HeldDevices {
  async hold(transaction: Transaction, devices: readonly DeviceToHold[]): Promise<void> {
    if (devices.length === 0) return;
    const keys = [devices.map(({ org }) => org), devices.map(({ device }) => device)];
    await transaction.query(UNHOLD, keys);
    await transaction.query(HOLD, [
      ...keys,
      devices.map(({ target }) => target.fleet),
      devices.map(({ target }) => target.rollout),
      devices.map(({ target }) => target.templateVersion),
      devices.map(({ target }) => target.batch),
    ]);
  }

  /** Devices came, left or have other labels: those that left wait no more, and the groups are counted again when it matters. */
  async changed(
    transaction: Transaction,
    fleets: readonly ConcernedFleet[],
    wants: readonly Want[],
  ): Promise<void> {
    await transaction.query(LEFT, [wants.map(({ org }) => org), wants.map(({ uid }) => uid)]);
    await transaction.query(STALE, keysOf(fleets));
  }

  /** Selects as many held devices of these fleets as their budgets have room for. */
  async release(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<NewEvent[]> {
    if (fleets.length === 0) return [];
    const holding = await transaction.query<FleetKey & { readonly stale: boolean }>(
      HOLDING,
      keysOf(fleets),
    );
    if (holding.length === 0) return [];
    await this.countGroups(
      transaction,
      holding.filter(({ stale }) => stale),
    );
    const groups = await transaction.query<HeldGroup>(GROUPS, keysOf(holding));
    const released = await this.take(transaction, holding, roomsOf(groups));
    const more = released.length >= AT_ONCE;
    await transaction.query(RELEASING, [...keysOf(holding), more]);
    return eventsOf(released, fleets);
  }

  /** Notes that these fleets were looked at since dispatching goes on. */
  async resumed(transaction: Transaction, fleets: readonly ConcernedFleet[]): Promise<void> {
    await transaction.query(RESUMED, keysOf(fleets));
  }

  private async countGroups(transaction: Transaction, fleets: readonly FleetKey[]): Promise<void> {
    if (fleets.length === 0) return;
    await transaction.query(FORGET_GROUPS, keysOf(fleets));
    await transaction.query(COUNT_GROUPS, keysOf(fleets));
  }

  private take(
    transaction: Transaction,
    fleets: readonly FleetKey[],
    rooms: readonly (HeldGroup & { room: number })[],
  ): Promise<Released[]> {
    return transaction.query<Released>(RELEASE, [
      ...keysOf(fleets),
      ...keysOf(rooms),
      rooms.map(({ group }) => group),
      rooms.map(({ room }) => room),
      AT_ONCE,
    ]);
  }
}

function eventsOf(released: readonly Released[], fleets: readonly ConcernedFleet[]): NewEvent[] {
  const origins = originsOf(fleets);
  const groups = Map.groupBy(released, ({ rollout, batch }) => `${rollout}/${batch}`);
  return [...groups.values()].flatMap((group) => {
    const { org, fleet, rollout, templateVersion, batch } = group[0]!;
    const origin = origins({ org, fleet });
    const subject = { org, fleet, rollout, templateVersion, ...(origin && { origin }) };
    const devices = group.map(({ device }) => device).sort();
    return selected(subject, batch, devices);
  });
}
