import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WorkerConfig } from '@skein/config';
import { UNIT_OF_WORK } from '@skein/stream';
import { LOGGER, meter, type Logger } from '@skein/telemetry';
import type { Batch } from './batch.js';
import type { BatchUnit } from './batch-unit.js';
import { WorkLoop } from './work-loop.js';

/** Finds what was missed. In a healthy system it finds nothing. */
export interface Sweep {
  /** Puts what is missing into the batch with `wantMissed`, at most a thousand at once; costs little when nothing is. */
  find(batch: Batch): Promise<void>;
}

/** Nest token of the service's {@link Sweep}. */
export const SWEEP = Symbol('skein:sweep');

/** Runs the service's sweep every now and then. */
@Injectable()
export class SweepLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;
  private readonly repaired = meter().createCounter('skein_sweep_repaired', {
    description: 'Things that the sweep found missing and asked for again',
  });

  constructor(
    @Inject(SWEEP) private readonly sweep: Sweep,
    @Inject(UNIT_OF_WORK) private readonly unit: BatchUnit,
    @Inject(LOGGER) private readonly logger: Logger,
    { sweepIntervalMs }: WorkerConfig,
  ) {
    this.loop = new WorkLoop({
      work: () => this.once(),
      logger,
      idleMs: sweepIntervalMs,
      name: 'the sweep',
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async once(): Promise<number> {
    let found = 0;
    await this.unit.sweep(async (batch) => {
      await this.sweep.find(batch);
      found = batch.size;
    });
    if (found > 0) this.logger.warn({ found }, 'the sweep found work that was missed');
    this.repaired.add(found);
    return 0;
  }
}
