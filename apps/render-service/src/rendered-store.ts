import { Injectable } from '@nestjs/common';
import { BlobStore } from '@skein/blobs';
import { EventLog } from '@skein/event-log';
import type { Transaction } from '@skein/postgres';
import { originOfWant, Wants, type ClaimedWant } from '@skein/task';
import type { NewEvent, Origin } from '@skein/events';
import { PendingDevices, type LockedDevice } from './pending-devices.js';
import { RenderView } from './render.view.js';
import { decideRendered, renderedEvents, type Outcome, type RenderedRow } from './rendered.js';
import { portionsOf, renderAll } from './rendering.js';
import type { TemplateVersion } from './template-versions.js';

/** Devices of one organisation that a transaction has locked, and from what they are rendered. */
export interface Locked {
  readonly org: string;
  readonly devices: readonly LockedDevice[];
  readonly templates: ReadonlyMap<string, TemplateVersion>;
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
    private readonly blobs: BlobStore,
  ) {}

  /** @param outcomes of one organisation @param wants by the device's uid */
  async save(outcomes: readonly Outcome[], wants: ReadonlyMap<string, ClaimedWant>): Promise<void> {
    const { org } = outcomes[0]!.device;
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
    { org, devices, templates, originOf }: Locked,
  ): Promise<NewEvent[]> {
    const current = new Map(devices.map((device) => [device.device, device]));
    const rows: RenderedRow[] = [];
    for (const portion of portionsOf(renderAll(devices, templates))) {
      await this.putDocuments(org, portion);
      rows.push(...decideRendered(portion, current));
    }
    await this.devices.save(transaction, org, rows);
    return renderedEvents(org, rows, (device) => originOf(current.get(device)!));
  }

  /**
   * In a transaction of their own: one that has locked devices must not wait for a peer that stores the same.
   * Contents never change, so nobody minds one that nothing refers to; and what refers to it
   * makes it durable.
   */
  private async putDocuments(org: string, outcomes: readonly Outcome[]): Promise<void> {
    const contents = outcomes.flatMap(({ device, result }) =>
      'problem' in result || result.digest === device.digest ? [] : [result.content],
    );
    if (contents.length === 0) return;
    await this.log.postgres.transaction(async (transaction) => {
      await this.blobs.putMany(transaction, org, [...new Set(contents)]);
      transaction.commitAsynchronously();
    });
  }
}
