import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { SelectorView } from './selector.view.js';

const AT_ONCE = 1_000;

/** Finds devices whose labels have no answer. */
@Injectable()
export class SelectorSweep implements Sweep {
  constructor(private readonly view: SelectorView) {}

  async find(batch: Batch): Promise<void> {
    batch.wantMissed('device', await this.view.missed(batch.transaction, AT_ONCE));
  }
}
