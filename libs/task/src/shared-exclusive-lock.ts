import { within } from '@skein/stream';

/**
 * A shared-exclusive lock within this process, in the order of asking. It tells apart what might end
 * the process and keeps nothing correct, so nobody waits for it longer than a time: what is stuck
 * holds up nothing else.
 */
export class SharedExclusiveLock {
  private readonly sharing = new Set<Promise<unknown>>();
  private exclusive: Promise<unknown> | undefined;

  constructor(private readonly patienceMs: number) {}

  /** Works beside others that share. */
  share<Result>(work: () => Promise<Result>): Promise<Result> {
    const { exclusive } = this;
    const working = exclusive ? within(this.patienceMs, exclusive).then(work) : work();
    const ended: Promise<unknown> = settled(working).then(() => this.sharing.delete(ended));
    this.sharing.add(ended);
    return working;
  }

  /** Works beside nobody. */
  exclude<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = Promise.all([this.exclusive, ...this.sharing]);
    const working = within(this.patienceMs, before).then(work);
    const ended: Promise<unknown> = settled(working).then(() => {
      if (this.exclusive === ended) this.exclusive = undefined;
    });
    this.exclusive = ended;
    return working;
  }
}

const settled = (working: Promise<unknown>): Promise<void> =>
  working.then(
    () => undefined,
    () => undefined,
  );
