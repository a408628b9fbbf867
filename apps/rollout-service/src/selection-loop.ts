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
import { HALTED } from './rollout-statements.js';
import { SelectionSignal } from './selection-signal.js';

/** Another replica may have been killed in the middle of a fleet: whoever looks goes on with what it left. */
const LOOK_EVERY_MS = 1_000;
/** Rollouts that one transaction leads on. */
const AT_ONCE = 10;

/** Batches that are not through: the partial indexes hold nothing else. */
const SELECTING = `
select r.org, r.rollout as uid from rollout.rollouts r
where r.selecting and r.state in ('active', 'waiting') and not ${HALTED}
order by r.org, r.rollout limit ${AT_ONCE}`;

/** Rollouts whose failed devices are to be selected again. */
const RETRYING = `
select r.org, r.rollout as uid from rollout.rollouts r
join rollout.fleets f on f.org = r.org and f.rollout = r.rollout and not f.deleted
where r.retry_before is not null
order by r.org, r.rollout limit ${AT_ONCE}`;

const RELEASING = `
select f.org, f.fleet as uid from rollout.fleets f
join rollout.rollouts r on r.org = f.org and r.rollout = f.rollout and not ${HALTED}
where f.releasing
  and exists (select from rollout.held h where h.org = f.org and h.fleet = f.fleet)
order by f.org, f.fleet limit ${AT_ONCE}`;

/** Fleets of organisations in which dispatching goes on. */
const RESUMING = `
select org, fleet as uid from rollout.fleets
where resuming
order by org, fleet limit ${AT_ONCE}`;

type Found = { readonly org: string; readonly uid: string };

/**
 * Goes on with selections that are too large for one transaction, or that were held up. A chunk is a transaction of its own: the renderer works
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
    const { transaction } = batch;
    const rollouts = [
      ...(await this.asked(transaction, SELECTING)),
      ...(await this.asked(transaction, RETRYING)),
    ];
    const fleets = [
      ...(await this.asked(transaction, RELEASING)),
      ...(await this.asked(transaction, RESUMING)),
    ];
    for (const one of rollouts) batch.wantDue({ kind: 'rollout', ...one, origin: {} });
    for (const one of fleets) batch.wantMissed('fleet', [one]);
    return rollouts.length + fleets.length;
  }

  private asked(transaction: Transaction, statement: string): Promise<Found[]> {
    return transaction.query<Found>(statement);
  }
}
