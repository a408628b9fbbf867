import { isTransient, type Postgres } from '@skein/postgres';
import { inSpan, type Logger } from '@skein/telemetry';
import { backoffMs } from './backoff.js';
import type { WantKind } from './batch.js';
import { RENEW_CLAIM_MS, type ClaimedWant, type Wants } from './wants.js';
import { WorkLoop } from './work-loop.js';

export interface WantLoopSettings {
  readonly wants: Wants;
  readonly postgres: Postgres;
  readonly logger: Logger;
  /** What the logs and traces call the work. */
  readonly name: string;
  readonly kind: WantKind;
  /** Wants that are claimed together, at the most. */
  readonly limit: number;
  /** Claims that are worked on side by side. */
  readonly lanes: number;
  /** The wait after a first failure; doubles with each. */
  readonly retryBaseMs: number;
  /** Ends the wants or postpones them. The signal fires when the service stops. */
  readonly work: (claimed: readonly ClaimedWant[], signal: AbortSignal) => Promise<void>;
}

const POLL_MS = 500;

interface Postponed {
  readonly want: ClaimedWant;
  readonly delayMs: number;
  readonly reason: string;
}

/**
 * Works on durable wants. Work that fails is halved until the culprit stands alone,
 * and that one waits, with the reason in its row: nothing else waits for it.
 */
export class WantLoop {
  private readonly stopping = new AbortController();
  /** Failures that could not be written down: PostgreSQL was away. */
  private readonly unwritten: Postponed[] = [];
  private readonly lanes: readonly WorkLoop[];
  private polling: NodeJS.Timeout | undefined;
  private nextLane = 0;

  constructor(private readonly settings: WantLoopSettings) {
    const { logger, name, lanes } = settings;
    this.lanes = Array.from(
      { length: lanes },
      () => new WorkLoop({ work: () => this.once(), logger, name, idleMs: POLL_MS * lanes }),
    );
  }

  start(): void {
    for (const lane of this.lanes) lane.start();
    this.polling ??= setInterval(() => this.poll(), POLL_MS);
  }

  wake(): void {
    for (const lane of this.lanes) lane.wake();
  }

  async stop(): Promise<void> {
    clearInterval(this.polling);
    this.stopping.abort(new Error('the service stops'));
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  /** Claims what is due and works on it; answers how much that was. */
  async once(): Promise<number> {
    const { wants, postgres, limit, kind } = this.settings;
    await this.writeDown();
    const claimed = await wants.claim(postgres, limit, kind);
    if (claimed.length === 0) return 0;
    if (this.lanes.length > 1) this.wake();
    const [first, ...others] = claimed.map(({ origin }) => origin.traceparent);
    const options = { attributes: { 'skein.wants': claimed.length }, parent: first, links: others };
    const renewal = setInterval(() => {
      wants.renew(postgres, claimed).catch(() => undefined);
    }, RENEW_CLAIM_MS);
    try {
      await inSpan(this.settings.name, options, () => this.halve(claimed));
    } finally {
      clearInterval(renewal);
    }
    return claimed.length;
  }

  /** One lane after the other: by themselves they would all look at the same moment, and then none for long. */
  private poll(): void {
    this.nextLane = (this.nextLane + 1) % this.lanes.length;
    this.lanes[this.nextLane]!.wake();
  }

  private async halve(claimed: readonly ClaimedWant[]): Promise<void> {
    try {
      await this.settings.work(claimed, this.stopping.signal);
    } catch (error) {
      const together = isTransient(error) || this.stopping.signal.aborted;
      if (claimed.length === 1 || together) return this.postpone(claimed, error as Error);
      const middle = Math.ceil(claimed.length / 2);
      await this.halve(claimed.slice(0, middle));
      await this.halve(claimed.slice(middle));
    }
  }

  private async postpone(claimed: readonly ClaimedWant[], error: Error): Promise<void> {
    const { logger, name, retryBaseMs } = this.settings;
    logger.warn({ error, wants: claimed.length }, `${name} failed and is tried again`);
    const postponed = claimed.map((want) => ({
      want,
      delayMs: backoffMs(want.attempts + 1, { baseMs: retryBaseMs, random: Math.random() }),
      reason: error.message,
    }));
    this.unwritten.push(...postponed);
    await this.writeDown();
  }

  /** @throws while PostgreSQL is away; what is not written then is kept */
  private async writeDown(): Promise<void> {
    const { wants, postgres } = this.settings;
    for (let next = this.unwritten.shift(); next; next = this.unwritten.shift()) {
      const one = next;
      await wants.postpone(postgres, one.want, one).catch((error: unknown) => {
        this.unwritten.push(one);
        throw error;
      });
    }
  }
}
