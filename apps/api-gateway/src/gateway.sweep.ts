import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { IdempotencyKeys } from './resources/idempotency-keys.js';

/**
 * The gateway leaves no work to be done later, so nothing of it can be missed, and waiting devices look for themselves.
 * What clients' keys stood for is forgotten here.
 */
@Injectable()
export class GatewaySweep implements Sweep {
  constructor(private readonly keys: IdempotencyKeys) {}

  find({ transaction }: Batch): Promise<void> {
    return this.keys.prune(transaction);
  }
}
