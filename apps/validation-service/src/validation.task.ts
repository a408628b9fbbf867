/**
 * Running it twice is safe: only fleets that have something to validate are wanted, and
 * the result is saved only while the fleet's row, locked, still asks for just what was
 * validated. Who comes second finds nothing left to decide.
 */
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import { Postgres, type Transaction } from '@skein/postgres';
import { WantLoop, Wants, type Batch, type Task } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { FleetValidator } from './fleet-validator.js';
import { ValidationConfig } from './validation.config.js';
import { ValidationView } from './validation.view.js';

/** Validates fleets' templates; their contents come from outside, so that each is a durable want. */
@Injectable()
export class ValidationTask implements Task, OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Several fleets at once: a slow repository holds back only those that refer to it. */
  readonly work: WantLoop;
  private readonly wants = new Wants('validation');

  constructor(
    private readonly view: ValidationView,
    validator: FleetValidator,
    postgres: Postgres,
    { sourceConcurrency, retryBaseMs }: ValidationConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.work = new WantLoop({
      wants: this.wants,
      postgres,
      logger,
      name: 'validation of a fleet',
      kind: 'fleet',
      limit: 1,
      lanes: sourceConcurrency,
      retryBaseMs,
      work: ([want], signal) => validator.validate(want!, signal),
    });
  }

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    const wanted = batch.wants('fleet');
    const pending = await this.view.pendingAmong(batch.transaction, wanted);
    await this.wants.put(
      batch.transaction,
      wanted.filter(({ org, uid }) => pending.has(`${org}/${uid}`)),
    );
    return [];
  }

  committed(): void {
    this.work.wake();
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }
}
