import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@skein/telemetry';
import type { BatchHandler } from './batch-handler.js';
import { nextPortion } from './portion.js';
import type { Entry, StreamReader } from './reader.js';
import { Renewal } from './renewal.js';

export interface ConsumeSettings {
  readonly reader: StreamReader;
  readonly handler: BatchHandler;
  readonly retryDue: () => Promise<number>;
  readonly logger: Logger;
  readonly claimAfterMs: number;
  /** Bytes of events in one transaction at the most, unless one alone has more. */
  readonly batchBytes: number;
  readonly retryPollMs?: number;
  /** How long a stop waits for what is in flight; after that peers may take it over. */
  readonly stopMs?: number;
}

/** The wait after a failure that is not the events' fault: Redis or PostgreSQL away, stream not there yet. */
const PAUSE_MS = 200;
const DEFAULT_RETRY_POLL_MS = 500;
/** A stop does not wait for ever for PostgreSQL or Redis to come back: a peer, or the next start, goes on. */
const DEFAULT_STOP_MS = 10_000;
const LEAVE_MS = 1_000;
/** How long what a leaving peer handed over waits at the most. */
const CLAIM_EVERY_MS = 1_000;
/** How often a live consumer says so within the time after which it is thought dead. */
const RENEWALS = 3;

/** Redis' words for a stream or a group that is not there, or was deleted while being read. */
const NO_STREAM = /^(NOGROUP|UNBLOCKED|ERR no such key)/;

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(ms, undefined, { signal: enough.signal });
  await Promise.race([work, timer]).catch(() => undefined);
  enough.abort();
  await timer.catch(() => undefined);
}

/**
 * Consumes one stream: new entries, entries of dead peers, and due retries. One batch at a
 * time (and beside it one retry): what is read is a partition, and its order is kept.
 */
export class ConsumeLoop {
  private readonly stopping = new AbortController();
  /** Read and not acknowledged yet; kept when a failure was not its fault, and handled again. */
  private held: readonly Entry[] = [];
  /** Of those, the ones whose handling has begun and not ended. */
  private begun: readonly Entry[] = [];
  private handling: Promise<void> = Promise.resolve();
  private claimAt = 0;
  private forgetAt = 0;
  private readonly renewal: Renewal;
  private readonly running: Promise<unknown>;
  private stopped: Promise<void> | undefined;

  constructor(private readonly settings: ConsumeSettings) {
    const { reader, claimAfterMs } = settings;
    this.renewal = new Renewal(() => reader.renew(this.held), claimAfterMs / RENEWALS);
    this.running = Promise.all([this.repeat(() => this.step()), this.repeat(() => this.retry())]);
  }

  /** Finishes what is in flight, hands the rest over to peers, and closes the connections. Can be called again. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    const { reader, stopMs = DEFAULT_STOP_MS } = this.settings;
    this.stopping.abort();
    await within(stopMs, this.handling);
    this.renewal.stop();
    await within(LEAVE_MS, reader.leave(this.begun));
    reader.close();
    await within(stopMs, this.running);
  }

  private async step(): Promise<void> {
    if (this.held.length === 0) this.held = await this.next();
    const portion = nextPortion(this.held, this.settings.batchBytes);
    if (portion.length === 0 || this.stopping.signal.aborted) return;
    this.handling = this.handleAndAcknowledge(portion);
    await this.handling;
    this.held = this.held.slice(portion.length);
  }

  private async next(): Promise<readonly Entry[]> {
    const { reader, claimAfterMs } = this.settings;
    const leftMs = this.claimAt - Date.now();
    if (leftMs > 0) return reader.read(leftMs);
    await this.forgetTheDead();
    const { entries, done } = await reader.claim();
    if (done) this.claimAt = Date.now() + Math.min(CLAIM_EVERY_MS, claimAfterMs / RENEWALS);
    return entries;
  }

  private async forgetTheDead(): Promise<void> {
    const { reader, claimAfterMs } = this.settings;
    if (Date.now() < this.forgetAt) return;
    await reader.forgetTheDead();
    this.forgetAt = Date.now() + claimAfterMs;
  }

  private async handleAndAcknowledge(entries: readonly Entry[]): Promise<void> {
    this.begun = entries;
    await this.settings.handler.handle(entries).finally(() => (this.begun = []));
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
