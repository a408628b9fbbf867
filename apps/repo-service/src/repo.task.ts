/**
 * Running it twice is safe: a repository's users are woken when its spec is newer than
 * the one they were told of, and that is noted in the same transaction, so a second run
 * finds nothing. To be woken is only a reason to look again: a late user that is told
 * twice changes nothing either. A repository is looked at by one at a time, and what was
 * seen is noted with the events that say so.
 */
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { wakeUps, type RepositoryUser } from '@skein/domain-repo';
import { repositoryUsersWoken, type Delivered, type NewEvent, type Origin } from '@skein/events';
import { Postgres, type Transaction } from '@skein/postgres';
import { WantLoop, Wants, type Batch, type Task, type Want } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { RepoConfig } from './repo.config.js';
import { RepoView, type ChangedRepository, type LateUser } from './repo.view.js';
import { RepositoryChecker } from './repository-checker.js';
import { Watching } from './watching.js';

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

const usersIn = (batch: Batch) => [...batch.wants('fleet'), ...batch.wants('device')];

/** Tells the users of a repository that it changed, or something in it. Looking there is a durable want for each. */
@Injectable()
export class RepoTask implements Task, OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Several repositories at once: a slow one holds back nobody. */
  readonly work: WantLoop;
  private readonly wants = new Wants('repo');

  constructor(
    private readonly view: RepoView,
    private readonly watching: Watching,
    checker: RepositoryChecker,
    postgres: Postgres,
    { repositoryCheckConcurrency, retryBaseMs }: RepoConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.work = new WantLoop({
      wants: this.wants,
      postgres,
      logger,
      name: 'check of a repository',
      kind: 'repository',
      limit: 1,
      lanes: repositoryCheckConcurrency,
      retryBaseMs,
      work: ([want], signal) => checker.check(want!, signal),
    });
  }

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
    return [...(await this.wakeLate(batch)), ...(await this.wakeAll(batch))];
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
    const checkable = await this.watching.checkable(transaction, repositories);
    const told = new Map(repositories.map((want) => [`${want.org}/${want.uid}`, want.origin]));
    const began = users.length === 0 ? [] : await this.watching.noteNew(transaction, users);
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
    const wants = usersIn(batch);
    if (wants.length === 0) return [];
    const late = await this.late(batch.transaction, wants);
    const groups = Map.groupBy(late, ({ org, repository }) => `${org}/${repository}`);
    return [...groups.values()].flatMap((users) => {
      const { kind, uid } = users[0]!;
      const want = wants.find((candidate) => candidate.kind === kind && candidate.uid === uid);
      return eventsFor(users[0]!, users, want?.origin);
    });
  }

  /** Each once: too late for the last spec of a repository, or for what was seen in it. */
  private async late(transaction: Transaction, users: readonly Want[]): Promise<LateUser[]> {
    const all = [
      ...(await this.view.late(transaction, users)),
      ...(await this.watching.late(transaction, users)),
    ];
    const keyOf = ({ org, repository, kind, uid }: LateUser) => [org, repository, kind, uid].join();
    return [...new Map(all.map((user) => [keyOf(user), user])).values()];
  }
}
