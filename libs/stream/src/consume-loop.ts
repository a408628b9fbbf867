import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@skein/telemetry';
import type { BatchHandler } from './batch-handler.js';
import type { Entry, StreamReader } from './reader.js';

export interface ConsumeSettings {
  readonly reader: StreamReader;
  readonly handler: BatchHandler;
  readonly retryDue: () => Promise<number>;
  readonly logger: Logger;
  readonly claimAfterMs: number;
  readonly retryPollMs?: number;
}

/** The wait after a failure that is not the events' fault: Redis or PostgreSQL away, stream not there yet. */
const PAUSE_MS = 200;
const DEFAULT_RETRY_POLL_MS = 500;
/** A stop does not wait for ever for PostgreSQL or Redis to come back: a peer, or the next start, goes on. */
const STOP_MS = 10_000;
const LEAVE_MS = 1_000;

/** Redis' words for a stream or a group that is not there, or was deleted while being read. */
const NO_STREAM = /^(NOGROUP|UNBLOCKED)/;

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(ms, undefined, { signal: enough.signal });
  await Promise.race([work, timer]).catch(() => undefined);
  enough.abort();
  await timer.catch(() => undefined);
}

/** Consumes one stream: new entries, entries of dead peers, and due retries. */
export class ConsumeLoop {
  private readonly stopping = new AbortController();
  /** Read and not acknowledged yet; kept when a failure was not its fault, and handled again. */
  private held: readonly Entry[] = [];
  private handling: Promise<void> = Promise.resolve();
  private claimAt = 0;
  private readonly running: Promise<unknown>;
  private stopped: Promise<void> | undefined;

  constructor(private readonly settings: ConsumeSettings) {
    this.running = Promise.all([this.repeat(() => this.step()), this.repeat(() => this.retry())]);
  }

  /** Finishes what is in flight, then leaves the group and closes the connections. Can be called again. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    const { reader } = this.settings;
    this.stopping.abort();
    await within(STOP_MS, this.handling);
    await within(LEAVE_MS, reader.leave());
    reader.close();
    await within(STOP_MS, this.running);
  }

  private async step(): Promise<void> {
    if (this.held.length === 0) this.held = await this.next();
    if (this.held.length === 0 || this.stopping.signal.aborted) return;
    this.handling = this.handleAndAcknowledge(this.held);
    await this.handling;
    this.held = [];
  }

  private async next(): Promise<Entry[]> {
    const { reader, claimAfterMs } = this.settings;
    if (Date.now() < this.claimAt) return reader.read();
    const claimed = await reader.claim();
    if (claimed.length === 0) this.claimAt = Date.now() + claimAfterMs / 3;
    return claimed;
  }

  private async handleAndAcknowledge(entries: readonly Entry[]): Promise<void> {
    await this.settings.handler.handle(entries);
    await this.settings.reader.acknowledge(entries);
  }

  private async retry(): Promise<void> {
    const tried = await this.settings.retryDue();
    if (tried === 0) await this.pause(this.settings.retryPollMs ?? DEFAULT_RETRY_POLL_MS);
  }

  /** Runs the step again and again until it is stopped; a failing step is said once and pauses the loop. */
  private async repeat(step: () => Promise<void>): Promise<void> {
    let said = '';
    while (!this.stopping.signal.aborted) {
      try {
        await step();
        said = '';
      } catch (error) {
        const { message } = error as Error;
        if (said !== message && !this.stopping.signal.aborted) this.say(error as Error);
        said = message;
        await this.pause(PAUSE_MS);
      }
    }
  }

  private say(error: Error): void {
    const { logger } = this.settings;
    if (NO_STREAM.test(error.message))
      logger.info({}, 'waiting for the replayer to make the stream');
    else logger.warn({ error }, 'waiting to read on');
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
