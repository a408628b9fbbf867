/**
 * Running it twice is safe: owners are decided from the labels and selectors that the
 * view holds, not from what an event said, so a second run saves nothing new and at most
 * says the same answer again. The lock of the organisation lets no two replicas decide
 * side by side, each without the other's rows. A changed fleet is put down as a want in the
 * transaction that folds it; see the scanner for what becomes of it.
 */
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { WantLoop, Wants, type Batch, type Task, type Want } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { FleetIndexes } from './fleet-indexes.js';
import { FleetScanner } from './fleet-scanner.js';
import { Matching } from './matching.js';
import { SelectorConfig } from './selector.config.js';
import { SelectorView } from './selector.view.js';

/** Fleets that are claimed together; each gets a transaction of its own. */
const FLEETS_AT_ONCE = 10;
/** A large organisation keeps no other one waiting. */
const LANES = 2;

/** Decides which fleet owns which devices: at once for devices that changed, chunk by chunk for fleets that did. */
@Injectable()
export class SelectorTask implements Task, OnApplicationBootstrap, BeforeApplicationShutdown {
  /** What was seen is kept in memory: no crash of PostgreSQL may take it back. */
  readonly isShown = true;
  readonly scans: WantLoop;
  private readonly wants = new Wants('selector');

  constructor(
    private readonly view: SelectorView,
    private readonly indexes: FleetIndexes,
    private readonly matching: Matching,
    scanner: FleetScanner,
    { retryBaseMs }: SelectorConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.scans = new WantLoop({
      wants: this.wants,
      postgres: scanner.postgres,
      logger,
      name: "matching of a fleet's devices",
      kind: 'fleet',
      limit: FLEETS_AT_ONCE,
      lanes: LANES,
      retryBaseMs,
      work: async (claimed, signal) => {
        for (const want of claimed) {
          signal.throwIfAborted();
          await scanner.scan(want);
        }
      },
    });
  }

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    const fleets = batch.wants('fleet');
    await this.wants.put(batch.transaction, fleets);
    const changing = new Set(fleets.map(({ org }) => org));
    const events: NewEvent[] = [];
    for (const [org, wanted] of Map.groupBy(batch.wants('device'), (want) => want.org)) {
      events.push(...(await this.match(batch.transaction, wanted, changing.has(org))));
    }
    return events;
  }

  committed(): void {
    this.scans.wake();
  }

  onApplicationBootstrap(): void {
    this.scans.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.scans.stop();
  }

  private async match(
    transaction: Transaction,
    wants: readonly Want[],
    changing: boolean,
  ): Promise<NewEvent[]> {
    const { org, origin } = wants[0]!;
    const wanted = new Set(wants.map(({ uid }) => uid));
    const { devices, state } = await this.view.devices(transaction, org, wanted);
    if (devices.length === 0) return [];
    const fleets = await this.indexes.load(transaction, org, { state, changing });
    return this.matching.match(transaction, { org, devices, fleets, wanted, origin });
  }
}
