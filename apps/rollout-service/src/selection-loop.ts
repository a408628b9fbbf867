import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Transaction } from '@skein/postgres';
import { UNIT_OF_WORK } from '@skein/stream';
import { WorkLoop, type Batch, type BatchUnit } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { SelectionSignal } from './selection-signal.js';

/** Another replica may have been killed in the middle of a fleet: whoever looks goes on with what it left. */
const LOOK_EVERY_MS = 1_000;
/** Rollouts that one transaction leads on. */
const AT_ONCE = 10;

/** Batches that are not through: the partial indexes hold nothing else. */
const SELECTING = `
select org, rollout as uid from rollout.rollouts
where selecting and state in ('active', 'waiting')
order by org, rollout limit ${AT_ONCE}`;

const RELEASING = `
select f.org, f.fleet as uid from rollout.fleets f
where f.releasing
  and exists (select from rollout.held h where h.org = f.org and h.fleet = f.fleet)
order by f.org, f.fleet limit ${AT_ONCE}`;

type Found = { readonly org: string; readonly uid: string };

/**
 * Goes on with selections that are too large for one transaction. A chunk is a transaction of its own: the renderer works
 * on the first devices while the next ones are selected, and what is held in memory does not grow with the fleet.
 */
@Injectable()
export class SelectionLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unit: BatchUnit,
    signal: SelectionSignal,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.once();
    this.loop = new WorkLoop({ work, logger, idleMs: LOOK_EVERY_MS, name: 'selecting devices' });
    signal.listen(() => this.loop.wake());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Resolves with how many rollouts it led on. */
  async once(): Promise<number> {
    let found = 0;
    await this.unit.sweep(async (batch) => {
      found = await this.find(batch);
    });
    return found;
  }

  private async find(batch: Batch): Promise<number> {
    const rollouts = await this.asked(batch.transaction, SELECTING);
    const fleets = await this.asked(batch.transaction, RELEASING);
    for (const one of rollouts) batch.wantDue({ kind: 'rollout', ...one, origin: {} });
    for (const one of fleets) batch.wantMissed('fleet', [one]);
    return rollouts.length + fleets.length;
  }

  private asked(transaction: Transaction, statement: string): Promise<Found[]> {
    return transaction.query<Found>(statement);
  }
}
