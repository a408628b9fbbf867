import { Inject, Injectable } from '@nestjs/common';
import type { Blobs } from '@skein/blobs';
import { EventLog } from '@skein/event-log';
import type { Transaction } from '@skein/postgres';
import { originOfWant, Wants, type ClaimedWant } from '@skein/task';
import type { NewEvent, Origin } from '@skein/events';
import { PendingDevices, type LockedDevice } from './pending-devices.js';
import { RenderView } from './render.view.js';
import { BLOBS } from './freezing.js';
import { FrozenContents } from './frozen-contents.js';
import type { Ready } from './readiness.js';
import { decideRendered, renderedEvents, type Outcome, type RenderedRow } from './rendered.js';
import { groupsOf, isSecret, ownContents, portionsOf, renderAll } from './rendering.js';

/** Devices of one organisation that a transaction has locked, and from what they are rendered. */
export interface Locked {
  readonly org: string;
  readonly ready: readonly Ready<LockedDevice>[];
  readonly originOf: (device: LockedDevice) => Origin;
}

/** Writes what was rendered: documents first, then devices' rows, events and the end of wants in one transaction. */
@Injectable()
export class RenderedStore {
  private readonly wants = new Wants('render');

  constructor(
    private readonly log: EventLog,
    private readonly view: RenderView,
    private readonly devices: PendingDevices,
    @Inject(BLOBS) private readonly blobs: Blobs,
    private readonly contents: FrozenContents,
  ) {}

  /** Renders and saves devices of one organisation. @param wants by the device's uid */
  async save(
    org: string,
    ready: readonly Ready[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    for await (const outcomes of this.rendered(org, ready)) {
      await this.savePortion(org, outcomes, wants);
    }
  }

  private async savePortion(
    org: string,
    outcomes: readonly Outcome[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    const uids = outcomes.map(({ device }) => device.device);
    await this.putDocuments(org, outcomes);
    await this.log.commit(async (transaction) => {
      await this.view.lock(transaction, [org]);
      const current = await this.devices.current(transaction, org, uids);
      const rows = decideRendered(outcomes, current);
      await this.devices.save(transaction, org, rows);
      await this.wants.done(
        transaction,
        uids.map((uid) => wants.get(uid)!),
      );
      const events = renderedEvents(org, rows, (device) => originOfWant(wants.get(device)!));
      return { events, result: () => undefined };
    });
  }

  /** Renders and saves devices that nobody else can change; answers the events. */
  async saveLocked(
    transaction: Transaction,
    { org, ready, originOf }: Locked,
  ): Promise<NewEvent[]> {
    const current = new Map(ready.map(({ device }) => [device.device, device]));
    const rows: RenderedRow[] = [];
    for await (const portion of this.rendered(org, ready)) {
      await this.putDocuments(org, portion);
      rows.push(...decideRendered(portion, current));
    }
    await this.devices.save(transaction, org, rows);
    return renderedEvents(org, rows, (device) => originOf(current.get(device)!));
  }

  private async *rendered(org: string, ready: readonly Ready[]): AsyncGenerator<Outcome[]> {
    for (const group of groupsOf(ready)) {
      const bundles = await this.contents.load(org, ownContents(group));
      const secret = group.some(isSecret);
      const digestKey = secret ? await this.blobs.digestKeys.of(org) : undefined;
      yield* portionsOf(renderAll(group, { bundles, digestKey }));
    }
  }

  /**
   * In a transaction of their own: one that has locked devices must not wait for a peer that stores the same.
   * Contents never change, so nobody minds one that nothing refers to; and what refers to it
   * makes it durable.
   */
  private async putDocuments(org: string, outcomes: readonly Outcome[]): Promise<void> {
    const contents = outcomes.flatMap(({ device, result }) =>
      'problem' in result || result.digest === device.digest ? [] : [result],
    );
    if (contents.length === 0) return;
    await this.log.postgres.transaction(async (transaction) => {
      await this.blobs.store.putMany(transaction, org, contents);
      transaction.commitAsynchronously();
    });
  }
}
