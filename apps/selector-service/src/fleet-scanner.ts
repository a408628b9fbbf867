/**
 * A changed fleet may move very many devices, so they are matched again in chunks: one transaction each, with the cursor
 * in the fleet's row. Whoever comes after a kill goes on from there.
 *
 * Why none is missed. Every answer is decided under the organisation's lock from all fleets as they are then, so
 * an answer is wrong only if some fleet changed after it. A change moves a device only if the device matches the fleet
 * as it is now, or if its answer says that it matched or was owned before: just these are looked at, in order of
 * their uids, from what the rows say at that moment.
 *
 * - The fleet changes again while its scan runs: its version is another one, and the scan begins anew. Devices that
 *   the first scan had not come to, and that match no longer, never had an answer that spoke of the fleet.
 * - Another fleet changes: it has a scan of its own. Whichever comes to a device first decides for both.
 * - A device's labels change, before the cursor or behind it: its own event answers it, from the new labels.
 * - Two instances scan the same fleet, because a claim ran out: each chunk begins where the row says, under the lock.
 *
 * Versions are compared, not events: a scan that was never asked for, or whose want was lost, is seen in the
 * fleet's row, and the sweep asks again.
 */
import { Injectable } from '@nestjs/common';
import { requirementsOf } from '@skein/domain-selector';
import { EventLog } from '@skein/event-log';
import type { NewEvent } from '@skein/events';
import type { Postgres, Transaction } from '@skein/postgres';
import { originOfWant, Wants, type ClaimedWant } from '@skein/task';
import { FleetIndexes } from './fleet-indexes.js';
import { FIRST, FleetScans, type Chunk, type Concerned, type ScannedFleet } from './fleet-scans.js';
import { Matching } from './matching.js';
import { SelectorView } from './selector.view.js';

/** Devices of a chunk: few enough that others wait little for the lock, and enough for full events. */
const DEVICES_AT_ONCE = 2_000;

/** Matches the devices again that a changed fleet concerns. */
@Injectable()
export class FleetScanner {
  /** Devices that a chunk holds at the most. */
  readonly most = { devices: DEVICES_AT_ONCE };
  private readonly wants = new Wants('selector');

  constructor(
    private readonly log: EventLog,
    private readonly view: SelectorView,
    private readonly scans: FleetScans,
    private readonly indexes: FleetIndexes,
    private readonly matching: Matching,
  ) {}

  get postgres(): Postgres {
    return this.log.postgres;
  }

  /** One chunk. What is left is wanted anew, behind what else is due, so that scans of many fleets take turns. */
  async scan(want: ClaimedWant): Promise<void> {
    await this.log.commit(async (transaction) => {
      await this.view.lock(transaction, [want.org]);
      const fleet = await this.scans.load(transaction, want.org, want.uid);
      const done = !fleet || fleet.scannedVersion === fleet.version;
      const events = done ? [] : await this.next(transaction, want, fleet);
      if (done) await this.wants.done(transaction, [want]);
      return { events, result: () => undefined };
    });
  }

  private async next(
    transaction: Transaction,
    want: ClaimedWant,
    fleet: ScannedFleet,
  ): Promise<NewEvent[]> {
    const { org, uid } = want;
    const lives = !fleet.deleted && fleet.name !== null;
    const requirements = lives ? requirementsOf(fleet.selector) : undefined;
    const concerned = { org, fleet: uid, name: fleet.name, requirements };
    const { walks, devices, next } = await this.chunk(transaction, fleet, concerned);
    await this.scans.save(transaction, concerned, { version: fleet.version, walks, next });
    // Of the latest change: it may have been asked for again since this want was claimed.
    const origin = fleet.origin ?? want.origin;
    if (next) await this.wants.put(transaction, [{ ...want, origin }]);
    else await this.wants.done(transaction, [want]);
    if (devices.length === 0) return [];
    return this.matching.match(transaction, {
      org,
      devices,
      fleets: await this.indexes.load(transaction, org, { state: fleet, changing: false }),
      wanted: new Set(),
      origin: originOfWant({ ...want, origin }),
    });
  }

  private async chunk(
    transaction: Transaction,
    fleet: ScannedFleet,
    concerned: Concerned,
  ): Promise<Chunk & { readonly walks: boolean }> {
    const begun = fleet.scanVersion === fleet.version;
    const walks = begun ? fleet.walks : await this.scans.walks(transaction, concerned);
    const from = { cursor: begun ? fleet.cursor : FIRST, limit: this.most.devices };
    const chunk = walks
      ? await this.scans.walk(transaction, concerned, from)
      : await this.scans.through(transaction, concerned, from);
    return { ...chunk, walks };
  }
}
