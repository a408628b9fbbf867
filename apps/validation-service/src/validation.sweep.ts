import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { ValidationView } from './validation.view.js';

const AT_ONCE = 1_000;

/** Finds living fleets whose template was not validated and that nobody is about to validate. */
@Injectable()
export class ValidationSweep implements Sweep {
  constructor(private readonly view: ValidationView) {}

  async find(batch: Batch): Promise<void> {
    batch.wantMissed('fleet', await this.view.missed(batch.transaction, AT_ONCE));
  }
}
