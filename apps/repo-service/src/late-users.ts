import { Injectable } from '@nestjs/common';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Want } from '@skein/task';
import { Checks } from './checks.js';
import { RepoView, type LateUser } from './repo.view.js';
import { repositoryWakeUps, secretWakeUps } from './wake-up-events.js';
import { WatchedSecrets } from './watched-secrets.js';

const keyOf = ({ org, repository, kind, uid }: LateUser) => [org, repository, kind, uid].join();

/**
 * Who begins to refer to something needs no waking: its own event is newer than what is there. One
 * whose event came late, out of order, was not there to be told.
 */
@Injectable()
export class LateUsers {
  constructor(
    private readonly view: RepoView,
    private readonly checks: Checks,
    private readonly secrets: WatchedSecrets,
  ) {}

  /** Those of the fleets and devices that must look again, by what they refer to. */
  async wake(transaction: Transaction, users: readonly Want[]): Promise<NewEvent[]> {
    if (users.length === 0) return [];
    const late = await this.lateForRepositories(transaction, users);
    const repositories = Map.groupBy(late, ({ org, repository }) => `${org}/${repository}`);
    const lateForSecrets = await this.secrets.late(transaction, users);
    const secrets = Map.groupBy(lateForSecrets, ({ org, reference }) => `${org}/${reference}`);
    const originOf = ({ kind, uid }: { readonly kind: string; readonly uid: string }) =>
      users.find((user) => user.kind === kind && user.uid === uid)?.origin;
    return [
      ...[...repositories.values()].flatMap((group) =>
        repositoryWakeUps(group[0]!, group, originOf(group[0]!)),
      ),
      ...[...secrets.values()].flatMap((group) =>
        secretWakeUps(group[0]!, group, originOf(group[0]!)),
      ),
    ];
  }

  /** Each once: too late for the last spec of a repository, or for what was seen in it. */
  private async lateForRepositories(
    transaction: Transaction,
    users: readonly Want[],
  ): Promise<LateUser[]> {
    const all = [
      ...(await this.view.late(transaction, users)),
      ...(await this.checks.late(transaction, users)),
    ];
    return [...new Map(all.map((user) => [keyOf(user), user])).values()];
  }
}
