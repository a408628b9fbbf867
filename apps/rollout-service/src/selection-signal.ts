import { Injectable } from '@nestjs/common';

/** Says that what was committed may have left devices to be selected. */
@Injectable()
export class SelectionSignal {
  private listener: () => void = () => undefined;
  private noted = false;

  /** There will be something to do, once that is committed. */
  note(): void {
    this.noted = true;
  }

  committed(): void {
    if (!this.noted) return;
    this.noted = false;
    this.listener();
  }

  listen(listener: () => void): void {
    this.listener = listener;
  }
}
