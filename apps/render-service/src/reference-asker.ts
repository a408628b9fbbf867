import { Injectable } from '@nestjs/common';
import type { Origin } from '@skein/events';
import { Postgres, type Transaction } from '@skein/postgres';
import { Wants, type ClaimedWant } from '@skein/task';
import { FrozenReferences, isOpen, keyOf, type KnownReferences } from './frozen-references.js';
import { PendingDevices } from './pending-devices.js';
import type { Asking } from './readiness.js';
import { RenderView } from './render.view.js';

/** What asked for each device's rendering, by the number of its event. */
export type Origins = ReadonlyMap<number, Origin>;

/** One after the other: the first that is not there yet. */
function firstOpen({ device, missing }: Asking, known: KnownReferences): string | null {
  const references = missing.map((need) => known.get(keyOf(need))!);
  return references.find((reference) => isOpen(reference, device.dueNumber))?.uid ?? null;
}

/** Lets devices wait for what must be fetched; each reference is one want, however many wait for it. */
@Injectable()
export class ReferenceAsker {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly view: RenderView,
    private readonly references: FrozenReferences,
    private readonly devices: PendingDevices,
  ) {}

  /** @param asking devices that the transaction has locked */
  async ask(
    transaction: Transaction,
    org: string,
    { asking, origins }: { asking: readonly Asking[]; origins: Origins },
  ): Promise<void> {
    if (asking.length === 0) return;
    const questions = asking.flatMap(({ device: { dueNumber }, missing }) =>
      missing.map((need) => ({ need, dueNumber, origin: origins.get(dueNumber) ?? {} })),
    );
    const { known, unwanted } = await this.references.ask(transaction, org, questions);
    const waiting = asking.map((each) => {
      return { device: each.device.device, reference: firstOpen(each, known) };
    });
    await this.devices.wait(transaction, org, waiting);
    await this.wants.put(
      transaction,
      [...unwanted].map(([uid, { origin }]) => ({ org, kind: 'contents' as const, uid, origin })),
    );
  }

  /** Ends devices' own wants: from now on they wait for references. @param wants by the device's uid */
  async handOver(
    org: string,
    asking: readonly Asking[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    if (asking.length === 0) return;
    const handed = asking.map(({ device }) => wants.get(device.device)!);
    const origins = new Map(
      asking.map(({ device }, index) => [device.dueNumber, handed[index]!.origin]),
    );
    await this.postgres.transaction(async (transaction) => {
      await this.view.lock(transaction, [org]);
      const still = await this.unchanged(transaction, org, asking);
      await this.ask(transaction, org, { asking: still, origins });
      await this.wants.done(transaction, handed);
    });
  }

  /** Locks them; one that asks for something newer by now is in the queue. */
  private async unchanged(
    transaction: Transaction,
    org: string,
    asking: readonly Asking[],
  ): Promise<Asking[]> {
    const uids = asking.map(({ device }) => device.device);
    const current = await this.devices.current(transaction, org, uids);
    return asking.filter(({ device: { device, dueNumber } }) => {
      return current.get(device)?.dueNumber === dueNumber;
    });
  }
}
