import { Injectable } from '@nestjs/common';
import type { Batch, Sweep } from '@skein/task';
import { Checks } from './checks.js';
import { Recall } from './recall.js';
import { RepoView } from './repo.view.js';

const AT_ONCE = 300;

/**
 * Finds repositories that changed since their users were told, and those that nobody will ever look at; reads again
 * what a build folded that keeps less than this one.
 */
@Injectable()
export class RepoSweep implements Sweep {
  constructor(
    private readonly view: RepoView,
    private readonly checks: Checks,
    private readonly recall: Recall,
  ) {}

  async find(batch: Batch): Promise<void> {
    const { transaction } = batch;
    batch.wantMissed('repository', await this.recall.repositories(transaction, AT_ONCE));
    const users = await this.recall.users(transaction, AT_ONCE);
    for (const kind of ['fleet', 'device'] as const) {
      batch.wantMissed(
        kind,
        users.filter((user) => user.kind === kind),
      );
    }
    batch.wantMissed('repository', await this.view.missed(transaction, AT_ONCE));
    batch.wantMissed('repository', await this.checks.lost(transaction, AT_ONCE));
  }
}
