/**
 * Running it twice is safe: a repository's users are woken when its spec is newer than
 * the one they were told of, and that is noted in the same transaction, so a second run
 * finds nothing. To be woken is only a reason to look again: a late user that is told
 * twice changes nothing either.
 */
import { Injectable } from '@nestjs/common';
import { wakeUps, type RepositoryUser } from '@skein/domain-repo';
import { repositoryUsersWoken, type Delivered, type NewEvent, type Origin } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Batch, Task } from '@skein/task';
import { RepoView, type ChangedRepository } from './repo.view.js';

function eventsFor(
  { org, repository, name }: ChangedRepository,
  users: readonly RepositoryUser[],
  origin: Origin | undefined,
): NewEvent[] {
  return wakeUps(name, users).map((data) => ({
    definition: repositoryUsersWoken,
    org,
    subject: repository,
    data,
    ...(origin && { origin }),
  }));
}

/** Tells the users of a repository that it changed. */
@Injectable()
export class RepoTask implements Task {
  constructor(private readonly view: RepoView) {}

  lock(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    return this.view.lock(
      transaction,
      events.map(({ event }) => event.org),
    );
  }

  async perform(batch: Batch): Promise<NewEvent[]> {
    // A sweep has no events that would have locked.
    await this.view.lock(
      batch.transaction,
      batch.wants('repository').map(({ org }) => org),
    );
    // In this order: whoever is woken with all others is not late.
    return [...(await this.wakeLate(batch)), ...(await this.wakeAll(batch))];
  }

  /** Wakes whoever refers to a repository that changed. */
  private async wakeAll(batch: Batch): Promise<NewEvent[]> {
    const wants = batch.wants('repository');
    const events: NewEvent[] = [];
    for (const changed of await this.view.tell(batch.transaction, wants)) {
      const want = wants.find(({ org, uid }) => org === changed.org && uid === changed.repository);
      for await (const users of this.view.usersOf(batch.transaction, changed)) {
        events.push(...eventsFor(changed, users, want?.origin));
      }
    }
    return events;
  }

  /**
   * Who begins to refer to a repository needs no waking: its own event is newer than the
   * repository's. One whose event came late, out of order, was not there to be told.
   */
  private async wakeLate(batch: Batch): Promise<NewEvent[]> {
    const wants = [...batch.wants('fleet'), ...batch.wants('device')];
    const late = await this.view.late(batch.transaction, wants);
    const groups = Map.groupBy(late, ({ org, repository }) => `${org}/${repository}`);
    return [...groups.values()].flatMap((users) => {
      const { kind, uid } = users[0]!;
      const want = wants.find((candidate) => candidate.kind === kind && candidate.uid === uid);
      return eventsFor(users[0]!, users, want?.origin);
    });
  }
}
