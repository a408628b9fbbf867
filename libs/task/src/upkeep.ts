import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ConsumerLog } from '@skein/event-log';
import { UNIT_OF_WORK } from '@skein/stream';
import { LOGGER, type Logger } from '@skein/telemetry';
import type { BatchUnit } from './batch-unit.js';
import { WorkLoop } from './work-loop.js';

const COUNT_EVERY_MS = 1_000;
const WAKE_PARKED_EVERY = 2;

/** What a service does beside its handling: writes its counts down for people, and wakes what was parked. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;
  private round = 0;

  constructor(
    private readonly consumer: ConsumerLog,
    @Inject(UNIT_OF_WORK) private readonly unit: BatchUnit,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.loop = new WorkLoop({
      work: () => this.once(),
      logger,
      idleMs: COUNT_EVERY_MS,
      name: 'the upkeep',
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.writeCounts().catch(() => undefined);
  }

  /** What is due in this second. */
  async once(): Promise<number> {
    this.round += 1;
    if (this.round % WAKE_PARKED_EVERY === 0) await this.consumer.wakeParked();
    await this.writeCounts();
    return 0;
  }

  private async writeCounts(): Promise<void> {
    const { counts } = this.unit.metrics;
    const counted = counts.take();
    if (Object.keys(counted).length === 0) return;
    try {
      await this.consumer.count(counted);
    } catch (error) {
      counts.put(counted);
      throw error;
    }
  }
}
