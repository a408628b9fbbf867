import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { FleetScans } from './fleet-scans.js';
import { SelectorView } from './selector.view.js';

const AT_ONCE = 500;

/** Finds devices whose labels have no answer, and changed fleets whose devices nobody is about to match again. */
@Injectable()
export class SelectorSweep implements Sweep {
  constructor(
    private readonly view: SelectorView,
    private readonly scans: FleetScans,
  ) {}

  async find(batch: Batch): Promise<void> {
    const devices = await this.view.missed(batch.transaction, AT_ONCE);
    const fleets = await this.scans.missed(batch.transaction, AT_ONCE);
    if (devices.length + fleets.length === 0) return;
    const organisations = [...devices, ...fleets].map(({ org }) => org);
    await this.view.lock(batch.transaction, organisations);
    batch.wantMissed('device', devices);
    batch.wantMissed('fleet', fleets);
  }
}
