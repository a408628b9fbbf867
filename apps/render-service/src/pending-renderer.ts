import { Injectable } from '@nestjs/common';
import { EventLog, readEvents } from '@skein/event-log';
import { isTransient, type Transaction } from '@skein/postgres';
import { originOf, Wants } from '@skein/task';
import { currentTraceparent, inSpan } from '@skein/telemetry';
import { PendingDevices, type LockedDevice, type QueuePlace } from './pending-devices.js';
import { Readiness } from './readiness.js';
import { ReferenceAsker, type Origins } from './reference-asker.js';
import { RenderedStore } from './rendered-store.js';

const DEVICES_AT_ONCE = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const beginningOf = (org: string): QueuePlace => ({ org, dueNumber: 0, device: BEFORE_ALL });

/**
 * After so many turns in one organisation it begins anew: a peer may have given back a device behind the place up to
 * where was taken, and newer ones may come without end.
 */
const TURNS_IN_A_ROW = 20;

/** What one turn did. */
export interface Turn {
  readonly taken: number;
  /** How many of them were left to others. */
  readonly left: number;
}

function placeOfLast(taken: readonly LockedDevice[]): QueuePlace | undefined {
  const last = taken.at(-1);
  return last && { org: last.org, dueNumber: last.dueNumber, device: last.device };
}

async function originsOf(transaction: Transaction, taken: readonly LockedDevice[]) {
  const numbers = [...new Set(taken.map(({ dueNumber }) => dueNumber))];
  const events = await readEvents(transaction, numbers);
  return new Map(events.map((delivered) => [delivered.sequence, originOf(delivered)]));
}

/**
 * Renders devices whose contents are all in PostgreSQL, many in one transaction: their rows are the
 * queue, and stay locked meanwhile. What must be fetched, has not arrived, or fails becomes a want of its own.
 */
@Injectable()
export class PendingRenderer {
  private readonly wants = new Wants('render');
  /** Up to where was taken; what was given back behind it is found when it begins anew. */
  private taken: QueuePlace = beginningOf(BEFORE_ALL);
  private turns = 0;

  constructor(
    private readonly log: EventLog,
    private readonly devices: PendingDevices,
    private readonly readiness: Readiness,
    private readonly asker: ReferenceAsker,
    private readonly store: RenderedStore,
  ) {}

  /** Renders some devices of the organisation whose turn it is. */
  async once(): Promise<Turn> {
    const after = await this.next();
    return after ? this.renderAfter(after) : { taken: 0, left: 0 };
  }

  /** After which device to go on; undefined when there is nothing to render. */
  private async next(): Promise<QueuePlace | undefined> {
    if (this.turns === TURNS_IN_A_ROW) this.begin(this.taken.org);
    this.turns += 1;
    const { taken } = this;
    const org = await this.devices.nextOrganisation(this.log.postgres, taken);
    if (org === taken.org) return taken;
    this.begin(org ?? taken.org);
    if (org) return this.taken;
    return taken.dueNumber > 0 ? this.next() : undefined;
  }

  private begin(org: string): void {
    this.taken = beginningOf(org);
    this.turns = 0;
  }

  private async renderAfter(after: QueuePlace): Promise<Turn> {
    const { org } = after;
    let taken: LockedDevice[] = [];
    try {
      return await this.log.commit(async (transaction) => {
        taken = await this.devices.take(transaction, after, DEVICES_AT_ONCE);
        this.taken = placeOfLast(taken) ?? after;
        const { events, left } = await this.render(transaction, org, taken);
        return { events, result: () => ({ taken: taken.length, left }) };
      });
    } catch (error) {
      // What it had taken is to be found again, however many come after it.
      this.begin(org);
      if (isTransient(error) || taken.length === 0) throw error;
      return { taken: taken.length, left: await this.leaveAll(org, taken) };
    }
  }

  private async render(transaction: Transaction, org: string, taken: readonly LockedDevice[]) {
    const origins = await originsOf(transaction, taken);
    const [first, ...others] = [...origins.values()].map(({ traceparent }) => traceparent);
    const options = { attributes: { 'skein.devices': taken.length }, parent: first, links: others };
    return inSpan('rendering of devices', options, async () => {
      const { ready, asking, absent } = await this.readiness.of(transaction, org, taken);
      const traceparent = currentTraceparent();
      const events = await this.store.saveLocked(transaction, {
        ...{ org, ready },
        originOf: ({ dueNumber }) => ({
          ...origins.get(dueNumber),
          ...(traceparent && { traceparent }),
        }),
      });
      await this.leave(transaction, org, { devices: absent, origins });
      await this.asker.ask(transaction, org, { asking, origins });
      return { events, left: absent.length + asking.length };
    });
  }

  /** Puts down as wants the devices that cannot be rendered now. */
  private async leave(
    transaction: Transaction,
    org: string,
    { devices, origins }: { devices: readonly LockedDevice[]; origins: Origins },
  ): Promise<void> {
    if (devices.length === 0) return;
    const uids = devices.map(({ device }) => device);
    await this.devices.setAside(transaction, org, uids);
    const wanted = devices.map(({ device: uid, dueNumber }) => {
      return { org, kind: 'device' as const, uid, origin: origins.get(dueNumber) ?? {} };
    });
    await this.wants.put(transaction, wanted);
  }

  /** Some of them cannot be rendered together with the others: as wants they are tried apart. */
  private async leaveAll(org: string, devices: readonly LockedDevice[]): Promise<number> {
    await this.log.postgres.transaction(async (transaction) => {
      const origins = await originsOf(transaction, devices);
      await this.leave(transaction, org, { devices, origins });
    });
    return devices.length;
  }
}
