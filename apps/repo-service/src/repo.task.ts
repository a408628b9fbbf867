/**
 * Running it twice is safe: a repository's users are woken when its spec is newer than
 * the one they were told of, and that is noted in the same transaction, so a second run
 * finds nothing. To be woken is only a reason to look again: a late user that is told
 * twice changes nothing either. A repository is looked at by one at a time, and what was
 * seen is noted with the events that say so.
 */
import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Delivered, NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { Wants, type Batch, type Task } from '@skein/task';
import { CheckLoop } from './check-loop.js';
import { Checks } from './checks.js';
import { LateUsers } from './late-users.js';
import { RepoView } from './repo.view.js';
import { repositoryWakeUps } from './wake-up-events.js';

const usersIn = (batch: Batch) => [...batch.wants('fleet'), ...batch.wants('device')];

/** Tells the users of a repository that it changed, or something in it. Looking there is a durable want for each. */
@Injectable()
export class RepoTask implements Task, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly wants = new Wants('repo');

  constructor(
    private readonly view: RepoView,
    private readonly checks: Checks,
    private readonly late: LateUsers,
    readonly work: CheckLoop,
  ) {}

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
    await this.schedule(batch);
    // In this order: whoever is woken with all others is not late.
    const late = await this.late.wake(batch.transaction, usersIn(batch));
    return [...late, ...(await this.wakeAll(batch))];
  }

  committed(): void {
    this.work.wake();
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Whatever is new is looked at at once: a repository, its spec, a push, or something that nobody referred to before. */
  private async schedule(batch: Batch): Promise<void> {
    const { transaction } = batch;
    const [repositories, users] = [batch.wants('repository'), usersIn(batch)];
    const checkable = await this.checks.checkable(transaction, repositories);
    const told = new Map(repositories.map((want) => [`${want.org}/${want.uid}`, want.origin]));
    const began = users.length === 0 ? [] : await this.checks.noteNew(transaction, users);
    const asked = new Map(users.map((want) => [want.org, want.origin]));
    const due = [...checkable, ...began].map(({ org, uid }) => {
      const origin = told.get(`${org}/${uid}`) ?? asked.get(org) ?? {};
      return [`${org}/${uid}`, { kind: 'repository' as const, org, uid, origin }] as const;
    });
    await this.wants.put(transaction, [...new Map(due).values()]);
  }

  /** Wakes whoever refers to a repository that changed. */
  private async wakeAll(batch: Batch): Promise<NewEvent[]> {
    const wants = batch.wants('repository');
    const events: NewEvent[] = [];
    for (const changed of await this.view.tell(batch.transaction, wants)) {
      const want = wants.find(({ org, uid }) => org === changed.org && uid === changed.repository);
      for await (const users of this.view.usersOf(batch.transaction, changed)) {
        events.push(...repositoryWakeUps(changed, users, want?.origin));
      }
    }
    return events;
  }
}
