import { Injectable } from '@nestjs/common';
import type { Sweep } from '@skein/task';

/** The gateway leaves no work to be done later, so nothing of it can be missed; waiting devices look for themselves. */
@Injectable()
export class GatewaySweep implements Sweep {
  find(): Promise<void> {
    return Promise.resolve();
  }
}
