import { Injectable } from '@nestjs/common';
import { BlobStore } from '@skein/blobs';
import { EventLog } from '@skein/event-log';
import type { Transaction } from '@skein/postgres';
import { originOfWant, Wants, type ClaimedWant } from '@skein/task';
import { PendingDevices } from './pending-devices.js';
import { RenderView } from './render.view.js';
import { decideRendered, renderedEvents, type Outcome } from './rendered.js';

/** Writes what was rendered: documents, devices' rows, events and the end of the wants, in one transaction. */
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
    await this.log.commit(async (transaction) => {
      await this.putDocuments(transaction, org, outcomes);
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

  /** Before the lock is taken: contents never change, so nobody minds one that nothing refers to. */
  private async putDocuments(transaction: Transaction, org: string, outcomes: readonly Outcome[]) {
    const contents = outcomes.flatMap(({ device, result }) =>
      'problem' in result || result.digest === device.digest ? [] : [result.content],
    );
    await this.blobs.putMany(transaction, org, [...new Set(contents)]);
  }
}
