import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ConsumerLog } from '@skein/event-log';
import { Postgres } from '@skein/postgres';
import { UNIT_OF_WORK } from '@skein/stream';
import { LOGGER, type Logger } from '@skein/telemetry';
import type { BatchUnit } from './batch-unit.js';
import { Timers, type TimerLocks } from './timers.js';
import { WorkLoop } from './work-loop.js';

/** As often as checkpoints move: looking more often finds nothing. */
const LOOK_EVERY_MS = 1_000;

/** Hands the timers that may act to the service's task, as wants of a batch. */
@Injectable()
export class TimerLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;

  constructor(
    private readonly timers: Timers,
    @Inject(UNIT_OF_WORK) private readonly unit: BatchUnit,
    private readonly postgres: Postgres,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.once();
    this.loop = new WorkLoop({ work, logger, idleMs: LOOK_EVERY_MS, name: 'the timers' });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async once(): Promise<number> {
    await this.timers.settle(this.postgres);
    let rung = 0;
    await this.unit.sweep(async (batch) => {
      await this.timers.ring(batch);
      rung = batch.size;
    });
    return rung;
  }
}

/** For the module of a worker that sets timers, beside its {@link taskProviders}. */
export function timerProviders(locks: Type<TimerLocks>): Provider[] {
  const timers = {
    provide: Timers,
    useFactory: ({ service }: ConsumerLog, own: TimerLocks) => new Timers(service, own),
    inject: [ConsumerLog, locks],
  };
  return [timers, TimerLoop];
}
