/** Says again and again, until it is stopped, that a consumer lives. One renewal at a time: Redis may be away. */
export class Renewal {
  private readonly timer: NodeJS.Timeout;
  private busy = false;

  constructor(
    private readonly renew: () => Promise<void>,
    everyMs: number,
  ) {
    this.timer = setInterval(() => void this.once(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** A failed renewal is no harm: a peer takes over, and the fence decides. */
  private async once(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.renew().catch(() => undefined);
    this.busy = false;
  }
}
