import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@skein/telemetry';

/** The wait after a failure that is not the events' fault: Redis or PostgreSQL away, stream not there yet. */
const PAUSE_MS = 200;

/** Redis' words for a stream or a group that is not there, or was deleted while being read. */
const NO_STREAM = /^(NOGROUP|UNBLOCKED|ERR no such key)/;

/** Waits for some work, but not for longer; how it ends does not matter. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(ms, undefined, { signal: enough.signal });
  await Promise.race([work, timer]).catch(() => undefined);
  enough.abort();
  await timer.catch(() => undefined);
}

/** Runs a step again and again until it is stopped; a failing step is said once and pauses it. */
export class Repetition {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private said = '';

  constructor(
    private readonly step: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Lets the step that runs be the last one. */
  stop(): void {
    this.stopping.abort();
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Resolves when the last step has ended. */
  get ended(): Promise<void> {
    return this.running;
  }

  /** Waits; a stop ends that. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.step();
        this.said = '';
      } catch (error) {
        this.say(error as Error);
        await this.pause(PAUSE_MS);
      }
    }
  }

  private say(error: Error): void {
    const isNews = this.said !== error.message && !this.isStopping;
    this.said = error.message;
    if (!isNews) return;
    if (NO_STREAM.test(error.message))
      this.logger.info({}, 'waiting for the replayer to make the stream');
    else this.logger.warn({ error }, 'waiting to read on');
  }
}
