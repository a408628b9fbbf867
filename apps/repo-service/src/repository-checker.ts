import { Inject, Injectable } from '@nestjs/common';
import {
  decideCheck,
  failedCheckMs,
  firstCheckMs,
  nextCheckMs,
  wakeUps,
  type CheckSchedule,
  type CheckVerdict,
} from '@skein/domain-repo';
import { EventLog } from '@skein/event-log';
import {
  repositoryAccessChecked,
  repositoryContentsChanged,
  repositoryUsersWoken,
  type EventDefinition,
  type NewEvent,
} from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import { originOfWant, Wants, type ClaimedWant } from '@skein/task';
import { Checks, type CheckedRepository } from './checks.js';
import { OUTSIDE } from './outside.js';
import { lookAt, type Look, type Outside } from './prober.js';
import { RepoConfig } from './repo.config.js';
import { RepoView } from './repo.view.js';
import { Watching } from './watching.js';

/** Who is looked at by somebody else is asked for again so soon. */
const BUSY_MS = 250;
const SIGN_OF_LIFE_MS = 1_500;
/** Each names what it is about and what it is now: far below what an event may have. */
const CHANGES_IN_ONE_EVENT = 40;

const isNews = ({ access, woken, changes }: CheckVerdict) =>
  access !== undefined || woken.length > 0 || changes.length > 0;

function delayOf({ origin }: ClaimedWant, failed: number, schedule: CheckSchedule): number {
  // Somebody asked for this one.
  if (origin.causationid !== undefined) return firstCheckMs(schedule);
  return failed > 0 ? failedCheckMs(failed, schedule) : nextCheckMs(schedule);
}

/** Looks at one repository: asks outside first, decides and writes last, and writes nothing when nothing is new. */
@Injectable()
export class RepositoryChecker {
  private readonly wants = new Wants('repo');

  constructor(
    private readonly view: RepoView,
    private readonly checks: Checks,
    private readonly watching: Watching,
    private readonly log: EventLog,
    @Inject(OUTSIDE) private readonly outside: Outside,
    private readonly config: RepoConfig,
  ) {}

  async check(want: ClaimedWant, signal: AbortSignal): Promise<void> {
    const { postgres } = this.log;
    const repository = await this.checks.begin(postgres, want);
    if (!repository) return this.leave(want);
    const sign = setInterval(() => {
      this.checks.prolong(postgres, want).catch(() => undefined);
    }, SIGN_OF_LIFE_MS);
    try {
      const look = await lookAt(repository, this.outside, signal);
      await this.conclude(want, repository, look);
    } catch (error) {
      await this.checks.end(postgres, want).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(sign);
    }
  }

  /** It is deleted, or not described yet; or somebody else looks at it, who may not see what this want is for. */
  private async leave(want: ClaimedWant): Promise<void> {
    const { postgres } = this.log;
    if (!(await this.checks.current(postgres, want))) {
      await this.checks.forget(postgres, want);
      return this.wants.done(postgres, [want]);
    }
    const { attempts, origin } = want;
    await this.wants.again(postgres, want, { delayMs: BUSY_MS, attempts, reason: null, origin });
  }

  private async conclude(
    want: ClaimedWant,
    repository: CheckedRepository,
    look: Look,
  ): Promise<void> {
    const verdict = this.decide(repository, look);
    if (!isNews(verdict)) {
      return this.log.postgres.transaction(async (transaction) => {
        transaction.commitAsynchronously();
        await this.checks.saveSeen(transaction, want, verdict.seen);
        await this.settle(transaction, want, look);
      });
    }
    await this.log.commit(async (transaction) => ({
      events: await this.tell(transaction, { want, repository, look }),
      result: () => undefined,
    }));
  }

  private decide({ last, kept }: Pick<CheckedRepository, 'last' | 'kept'>, look: Look) {
    const verdict = decideCheck(last, kept, look);
    const referred = new Set(kept.filter((one) => one.referred).map(({ reference }) => reference));
    return {
      ...verdict,
      changes: verdict.changes.filter(({ reference }) => referred.has(reference)),
      woken: verdict.woken.filter((reference) => referred.has(reference)),
    };
  }

  /** Decides once more, from what is kept now: nobody begins to refer to anything meanwhile. */
  private async tell(
    transaction: Transaction,
    { want, repository, look }: { want: ClaimedWant; repository: CheckedRepository; look: Look },
  ): Promise<NewEvent[]> {
    await this.view.lock(transaction, [want.org]);
    const current = await this.checks.current(transaction, want);
    if (current?.number !== repository.number) {
      // Another spec, whose own want is due, or none.
      await this.checks.end(transaction, want);
      return [];
    }
    const kept = await this.checks.kept(transaction, repository);
    const found = look.found.filter(({ reference }) => {
      const [before, now] = [repository.kept, kept].map((all) =>
        all.find((one) => one.reference === reference),
      );
      return before && now && before.revision === now.revision;
    });
    const verdict = this.decide({ last: current.last, kept }, { ...look, found });
    if (verdict.access) await this.checks.saveAccess(transaction, want, verdict.access);
    await this.checks.saveSeen(transaction, want, verdict.seen);
    await this.checks.dropUnreferred(transaction, repository);
    await this.settle(transaction, want, look);
    return this.eventsOf(transaction, { want, repository, verdict });
  }

  private async eventsOf(
    transaction: Transaction,
    {
      want,
      repository,
      verdict,
    }: { want: ClaimedWant; repository: CheckedRepository; verdict: CheckVerdict },
  ): Promise<NewEvent[]> {
    const { org, uid: subject, name } = repository;
    const { access, changes, woken } = verdict;
    const origin = originOfWant(want);
    const event = <Data>(definition: EventDefinition<Data>, data: Data): NewEvent => {
      return { definition, org, subject, data, origin };
    };
    const events = access ? [event(repositoryAccessChecked, access)] : [];
    for (let at = 0; at < changes.length; at += CHANGES_IN_ONE_EVENT) {
      const some = changes.slice(at, at + CHANGES_IN_ONE_EVENT);
      events.push(event(repositoryContentsChanged, { name, changes: some }));
    }
    for await (const users of this.watching.usersOf(transaction, repository, woken)) {
      events.push(...wakeUps(name, users).map((data) => event(repositoryUsersWoken, data)));
    }
    return events;
  }

  /** Ends the look, and says when the next one is. */
  private async settle(database: Queryable, want: ClaimedWant, look: Look): Promise<void> {
    await this.checks.end(database, want);
    const { access } = look;
    const schedule = { intervalMs: this.config.repositoryCheckMs, random: Math.random() };
    const failed = 'code' in access ? want.attempts + 1 : 0;
    await this.wants.again(database, want, {
      delayMs: delayOf(want, failed, schedule),
      attempts: failed,
      reason: 'code' in access ? access.message : null,
      origin: {},
    });
  }
}
