import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { PendingDevices } from './pending-devices.js';

const AT_ONCE = 1_000;

/** Finds devices that were left to others and that nobody is about to render. */
@Injectable()
export class RenderSweep implements Sweep {
  constructor(private readonly devices: PendingDevices) {}

  async find(batch: Batch): Promise<void> {
    batch.wantMissed('device', await this.devices.missed(batch.transaction, AT_ONCE));
  }
}
