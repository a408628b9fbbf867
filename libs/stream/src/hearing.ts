import type { Logger } from '@skein/telemetry';
import { BatchHandler } from './batch-handler.js';
import { ConsumeLoop, DEFAULT_STOP_MS } from './consume-loop.js';
import type { Dispatch, UnitOfWork } from './ports.js';
import type { StreamReader } from './reader.js';
import { Repetition, within } from './repetition.js';

export interface HearingSettings {
  /** The partitions that the service has by now. */
  readonly partitions: () => Promise<readonly number[]>;
  /** Opens a reader for one of them. */
  readonly readerOf: (partition: number) => StreamReader;
  readonly unit: UnitOfWork;
  readonly logger: Logger;
  readonly claimAfterMs: number;
  /** Bytes of events in one transaction at the most, unless one alone has more. */
  readonly batchBytes: number;
  /** How often due retries are looked for. */
  readonly retryPollMs?: number;
  /** How often new partitions are looked for. */
  readonly partitionPollMs?: number;
  /** How long a stop waits for what is in flight; after that peers may take it over. */
  readonly stopMs?: number;
}

const DEFAULT_RETRY_POLL_MS = 500;
const DEFAULT_PARTITION_POLL_MS = 2_000;

/** All that a service hears: its partitions, each at its own pace, and due retries. */
export class Hearing {
  private readonly loops = new Map<number, ConsumeLoop>();
  private readonly repetitions: readonly Repetition[];
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly settings: HearingSettings,
    private readonly dispatch: Dispatch,
  ) {
    const { logger } = settings;
    const looking: Repetition = new Repetition(() => this.look(looking), logger);
    const retrying: Repetition = new Repetition(() => this.retry(retrying), logger);
    this.repetitions = [looking, retrying];
    for (const repetition of this.repetitions) repetition.start();
  }

  /** Finishes what is in flight, leaves the groups and closes the connections. Can be called again. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    const { stopMs = DEFAULT_STOP_MS } = this.settings;
    for (const repetition of this.repetitions) repetition.stop();
    const loops = [...this.loops.values()].map((loop) => loop.stop());
    const others = this.repetitions.map(({ ended }) => within(stopMs, ended));
    await Promise.all([...loops, ...others]);
  }

  private async look(repetition: Repetition): Promise<void> {
    const { partitions, partitionPollMs = DEFAULT_PARTITION_POLL_MS } = this.settings;
    for (const partition of await partitions()) {
      if (!this.loops.has(partition) && !repetition.isStopping)
        this.loops.set(partition, this.consume(partition));
    }
    await repetition.pause(partitionPollMs);
  }

  private consume(partition: number): ConsumeLoop {
    const { unit, logger, readerOf } = this.settings;
    return new ConsumeLoop({
      ...this.settings,
      reader: readerOf(partition),
      handler: new BatchHandler(unit, this.dispatch, logger, partition),
    });
  }

  private async retry(repetition: Repetition): Promise<void> {
    const { unit, retryPollMs = DEFAULT_RETRY_POLL_MS } = this.settings;
    if ((await unit.retryDue(this.dispatch)) === 0) await repetition.pause(retryPollMs);
  }
}
