import { Injectable } from '@nestjs/common';
import { EventLog, readEvents } from '@skein/event-log';
import type { Origin } from '@skein/events';
import { isTransient, type Transaction } from '@skein/postgres';
import { originOf, Wants, type WantKind } from '@skein/task';
import { currentTraceparent, inSpan } from '@skein/telemetry';
import { placeOf, targetsOf, type Place } from './device-renderer.js';
import { PendingDevices, type LockedDevice, type QueuePlace } from './pending-devices.js';
import { RenderedStore } from './rendered-store.js';
import { TemplateVersions } from './template-versions.js';

const DEVICES_AT_ONCE = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const beginningOf = (org: string): QueuePlace => ({ org, dueNumber: 0, device: BEFORE_ALL });

/** Who renders what cannot be rendered at once. */
const left: Readonly<Record<Exclude<Place, 'ready'>, WantKind>> = {
  outside: 'contents',
  absent: 'device',
};

/** What one turn did. */
export interface Turn {
  readonly taken: number;
  /** How many of them were left to others. */
  readonly left: number;
}

/** What asked for each device's rendering, by the number of its event. */
type Origins = ReadonlyMap<number, Origin>;

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
  /** Up to where was taken; what was given back behind it is found when there is nothing more after it. */
  private taken: QueuePlace = beginningOf(BEFORE_ALL);

  constructor(
    private readonly log: EventLog,
    private readonly devices: PendingDevices,
    private readonly templates: TemplateVersions,
    private readonly store: RenderedStore,
  ) {}

  /** Renders some devices of the organisation whose turn it is. */
  async once(): Promise<Turn> {
    const before = this.taken;
    const org = await this.devices.nextOrganisation(this.log.postgres, before);
    const after = org === before.org ? before : beginningOf(org ?? before.org);
    this.taken = after;
    return org ? this.renderAfter(after) : { taken: 0, left: 0 };
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
      this.taken = beginningOf(org);
      if (isTransient(error) || taken.length === 0) throw error;
      return { taken: taken.length, left: await this.leaveAll(org, taken) };
    }
  }

  private async render(transaction: Transaction, org: string, taken: readonly LockedDevice[]) {
    const origins = await originsOf(transaction, taken);
    const [first, ...others] = [...origins.values()].map(({ traceparent }) => traceparent);
    const options = { attributes: { 'skein.devices': taken.length }, parent: first, links: others };
    return inSpan('rendering of devices', options, async () => {
      const templates = await this.templates.load(org, targetsOf(taken));
      const places = Map.groupBy(taken, (device) => placeOf(device, templates));
      const left = await this.leave(transaction, org, { places, origins });
      const traceparent = currentTraceparent();
      const events = await this.store.saveLocked(transaction, {
        ...{ org, devices: places.get('ready') ?? [], templates },
        originOf: ({ dueNumber }) => ({
          ...origins.get(dueNumber),
          ...(traceparent && { traceparent }),
        }),
      });
      return { events, left };
    });
  }

  /** Puts down as wants what others render; answers how many. */
  private async leave(
    transaction: Transaction,
    org: string,
    { places, origins }: { places: ReadonlyMap<Place, LockedDevice[]>; origins: Origins },
  ): Promise<number> {
    const wanted = Object.entries(left).flatMap(([place, kind]) =>
      (places.get(place as Place) ?? []).map(({ device, dueNumber }) => {
        return { org, kind, uid: device, origin: origins.get(dueNumber) ?? {} };
      }),
    );
    if (wanted.length === 0) return 0;
    await this.devices.setAside(
      transaction,
      org,
      wanted.map(({ uid }) => uid),
    );
    await this.wants.put(transaction, wanted);
    return wanted.length;
  }

  /** Some of them cannot be rendered together with the others: as wants they are tried apart. */
  private leaveAll(org: string, taken: LockedDevice[]): Promise<number> {
    return this.log.postgres.transaction(async (transaction) => {
      const origins = await originsOf(transaction, taken);
      return this.leave(transaction, org, { places: new Map([['absent', taken]]), origins });
    });
  }
}
