import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { RepoView } from './repo.view.js';

const AT_ONCE = 1_000;

/** Finds repositories that changed since their users were told. */
@Injectable()
export class RepoSweep implements Sweep {
  constructor(private readonly view: RepoView) {}

  async find(batch: Batch): Promise<void> {
    batch.wantMissed('repository', await this.view.missed(batch.transaction, AT_ONCE));
  }
}
