export interface DeviceKey {
  readonly org: string;
  readonly uid: string;
}

export interface Waiting extends DeviceKey {
  /** The rendered version that was seen last. */
  readonly known: number;
  readonly timeoutMs: number;
  /** The client went away. */
  readonly signal: AbortSignal;
}

/** `changed`: look again. `over`: the time is up, the client is gone, or the gateway stops. */
export type Outcome = 'changed' | 'over';

/** A device that waits. What happens while nobody asks for its outcome is remembered. */
export class Waiter {
  readonly outcome: Promise<Outcome>;
  private readonly resolve: (outcome: Outcome) => void;
  private readonly timer: NodeJS.Timeout;

  constructor(readonly of: Waiting) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.resolve = resolve;
    this.timer = setTimeout(this.over, of.timeoutMs);
    of.signal.addEventListener('abort', this.over);
    if (of.signal.aborted) this.over();
  }

  end(outcome: Outcome): void {
    clearTimeout(this.timer);
    this.of.signal.removeEventListener('abort', this.over);
    this.resolve(outcome);
  }

  private readonly over = (): void => this.end('over');
}
