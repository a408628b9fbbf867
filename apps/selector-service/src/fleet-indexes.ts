import { Injectable } from '@nestjs/common';
import { FleetIndex, type SelectingFleet } from '@skein/domain-selector';
import type { Transaction } from '@skein/postgres';

/** What a transaction, which holds the organisation's lock, sees of its fleets. */
export interface FleetsState {
  /** The highest version of a fleet; 0 when there is none. */
  readonly fleetsVersion: number;
  /** When the server started: another one, or one that was set back, may count the same versions again. */
  readonly server: string;
}

/** SQL: one row with the {@link FleetsState} of organisation $1. */
export const FLEETS_STATE = `
select coalesce((select max(version) from selector.fleets where org = $1), 0) as "fleetsVersion",
       pg_postmaster_start_time()::text as server`;

interface ChangedFleet extends SelectingFleet {
  readonly lives: boolean;
}

interface Kept {
  readonly index: FleetIndex;
  state: FleetsState;
}

/** A fleet whose creation has not arrived yet is none so far. */
const CHANGED = `
select fleet, name, selector, name is not null and not deleted as lives
from selector.fleets where org = $1 and version > $2 order by fleet`;

/**
 * The fleets of organisations, kept from batch to batch and brought up to date by what changed. All who fold or decide
 * for an organisation take its lock first, and versions are drawn under it: so whoever holds it sees all versions
 * up to the highest one, of any replica. What the present transaction itself changed may yet be rolled back
 * and is never kept; then no version that was seen can vanish, unless with the server.
 */
@Injectable()
export class FleetIndexes {
  /** The one that was used last is the last one. */
  private readonly kept = new Map<string, Kept>();
  private fleets = 0;
  /** What is kept at the most; of the organisation that was used last always all. */
  readonly most = { fleets: 20_000, organisations: 1_000 };

  /** @param changing whether this transaction changed fleets of the organisation */
  async load(
    transaction: Transaction,
    org: string,
    { state, changing }: { readonly state: FleetsState; readonly changing: boolean },
  ): Promise<FleetIndex> {
    if (changing) return this.readAll(transaction, org);
    const kept = this.take(org);
    const usable = kept?.state.server === state.server;
    if (usable && kept.state.fleetsVersion === state.fleetsVersion) return this.keep(org, kept);
    if (usable && kept.state.fleetsVersion < state.fleetsVersion) {
      const changes = await this.changed(transaction, org, kept.state.fleetsVersion);
      for (const fleet of changes) bring(kept.index, fleet);
      return this.keep(org, { index: kept.index, state });
    }
    return this.keep(org, { index: await this.readAll(transaction, org), state });
  }

  /** How much is kept. */
  get size(): { readonly fleets: number; readonly organisations: number } {
    return { fleets: this.fleets, organisations: this.kept.size };
  }

  private async readAll(transaction: Transaction, org: string): Promise<FleetIndex> {
    const all = await this.changed(transaction, org, 0);
    return new FleetIndex(all.filter(({ lives }) => lives));
  }

  private changed(transaction: Transaction, org: string, since: number): Promise<ChangedFleet[]> {
    return transaction.query<ChangedFleet>(CHANGED, [org, since]);
  }

  private take(org: string): Kept | undefined {
    const kept = this.kept.get(org);
    this.kept.delete(org);
    this.fleets -= kept?.index.size ?? 0;
    return kept;
  }

  private keep(org: string, kept: Kept): FleetIndex {
    this.take(org);
    this.kept.set(org, kept);
    this.fleets += kept.index.size;
    for (const oldest of this.kept.keys()) {
      if (oldest === org || this.fits()) break;
      this.take(oldest);
    }
    return kept.index;
  }

  private fits(): boolean {
    return this.fleets <= this.most.fleets && this.kept.size <= this.most.organisations;
  }
}

function bring(index: FleetIndex, { lives, fleet, name, selector }: ChangedFleet): void {
  if (lives) index.set({ fleet, name, selector });
  else index.delete(fleet);
}
