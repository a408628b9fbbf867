type Close = () => Promise<unknown> | void;

/** What was opened, closed in the opposite order; a failure to close one does not keep the others open. */
export class Closing {
  private readonly open: Close[] = [];
  private closed: Promise<void> | undefined;

  add(close: Close): void {
    this.open.push(close);
  }

  /** Can be called again. What is added meanwhile is closed too. */
  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    for (let close = this.open.pop(); close; close = this.open.pop()) {
      await attempt(close);
    }
  }
}

async function attempt(close: Close): Promise<void> {
  try {
    await close();
  } catch {
    // It is gone, or goes with the process.
  }
}
