import type { Logger } from '@skein/telemetry';
import type { BatchHandler } from './batch-handler.js';
import { nextPortion } from './portion.js';
import type { Entry, StreamReader } from './reader.js';
import { Renewal } from './renewal.js';
import { Repetition, within } from './repetition.js';

export interface ConsumeSettings {
  readonly reader: StreamReader;
  readonly handler: BatchHandler;
  readonly logger: Logger;
  readonly claimAfterMs: number;
  /** Bytes of events in one transaction at the most, unless one alone has more. */
  readonly batchBytes: number;
  /** How long a stop waits for what is in flight; after that peers may take it over. */
  readonly stopMs?: number;
}

/** A stop does not wait for ever for PostgreSQL or Redis to come back: a peer, or the next start, goes on. */
export const DEFAULT_STOP_MS = 10_000;
const LEAVE_MS = 1_000;
/** How long what a leaving peer handed over waits at the most. */
const CLAIM_EVERY_MS = 1_000;
/** How often a live consumer says so within the time after which it is thought dead. */
const RENEWALS = 3;

/**
 * Consumes one stream: new entries, and entries of dead peers. One batch at a time: what is
 * read is a partition, and its order is kept. Behind a backlog, the next one is read meanwhile.
 */
export class ConsumeLoop {
  private readonly reading: Repetition;
  /** Read and not acknowledged yet; kept when a failure was not its fault, and handled again. */
  private held: readonly Entry[] = [];
  /** Of the next read, which began while those are handled. */
  private ahead:
    { readonly reading: Promise<readonly Entry[]>; entries: readonly Entry[] } | undefined;
  /** Of those, the ones whose handling has begun and not ended. */
  private begun: readonly Entry[] = [];
  private handling: Promise<void> = Promise.resolve();
  private claimAt = 0;
  private forgetAt = 0;
  private readonly renewal: Renewal;
  private stopped: Promise<void> | undefined;

  constructor(private readonly settings: ConsumeSettings) {
    const { reader, claimAfterMs, logger } = settings;
    const mine = () => [...this.held, ...(this.ahead?.entries ?? [])];
    this.renewal = new Renewal(() => reader.renew(mine()), claimAfterMs / RENEWALS);
    this.reading = new Repetition(() => this.step(), logger);
    this.reading.start();
  }

  /** Finishes what is in flight, hands the rest over to peers, and closes the connections. Can be called again. */
  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    const { reader, stopMs = DEFAULT_STOP_MS } = this.settings;
    this.reading.stop();
    await within(stopMs, this.handling);
    this.renewal.stop();
    await within(LEAVE_MS, reader.leave(this.begun));
    reader.close();
    await within(stopMs, this.reading.ended);
  }

  private async step(): Promise<void> {
    if (this.held.length === 0) this.held = await this.next();
    const portion = nextPortion(this.held, this.settings.batchBytes);
    if (portion.length === 0 || this.reading.isStopping) return;
    if (portion.length === this.held.length) this.readAhead();
    this.handling = this.handleAndAcknowledge(portion);
    await this.handling;
    this.held = this.held.slice(portion.length);
  }

  /** Not without a backlog: what trickles in makes larger batches when it is read later. */
  private readAhead(): void {
    const { reader } = this.settings;
    const leftMs = this.claimAt - Date.now();
    if (this.ahead || leftMs <= 0 || !reader.hasMore) return;
    const ahead = { reading: reader.read(leftMs), entries: [] as readonly Entry[] };
    // That it failed is seen by who waits for it.
    ahead.reading.then(
      (entries) => (ahead.entries = entries),
      () => undefined,
    );
    this.ahead = ahead;
  }

  private async next(): Promise<readonly Entry[]> {
    if (!this.ahead) return this.readOrClaim();
    try {
      return await this.ahead.reading;
    } finally {
      this.ahead = undefined;
    }
  }

  private async readOrClaim(): Promise<readonly Entry[]> {
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
}
