export interface DeviceKey {
  readonly org: string;
  readonly uid: string;
}

/** Has a function called when the client goes away, or soon when it has gone already; what it answers takes that back. */
export type OnGone = (end: () => void) => () => void;

export interface Waiting extends DeviceKey {
  /** The rendered version that was seen last. */
  readonly known: number;
  readonly timeoutMs: number;
  readonly onGone: OnGone;
}

/** `changed`: look again. `over`: the time is up, the client is gone, or the gateway stops. */
export type Outcome = 'changed' | 'over';

/** A device that waits. What happens while nobody asks for its outcome is remembered. There are many: it is kept small. */
export class Waiter {
  readonly org: string;
  readonly uid: string;
  readonly known: number;
  readonly outcome: Promise<Outcome>;
  private readonly resolve: (outcome: Outcome | Promise<Outcome>) => void;
  private readonly timer: NodeJS.Timeout;
  private readonly stay: () => void;

  /** @param leave is told when it waits no longer, maybe more than once */
  constructor(
    { org, uid, known, timeoutMs, onGone }: Waiting,
    private readonly leave: (waiter: Waiter) => void,
  ) {
    [this.org, this.uid, this.known] = [org, uid, known];
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    [this.outcome, this.resolve] = [promise, resolve];
    const over = () => this.end('over');
    this.timer = setTimeout(over, timeoutMs);
    this.stay = onGone(over);
  }

  end(outcome: Outcome): void {
    this.over();
    this.resolve(outcome);
  }

  /** Whoever asks for its outcome gets the error. */
  fail(error: unknown): void {
    this.over();
    const failed = Promise.reject<Outcome>(error);
    // When it was over before, nobody takes it.
    failed.catch(() => undefined);
    this.resolve(failed);
  }

  private over(): void {
    clearTimeout(this.timer);
    this.stay();
    this.leave(this);
  }
}
