import {
  FailedMembers,
  type ConsumerLog,
  type DueMember,
  type EventLog,
  type FailedMember,
} from '@skein/event-log';
import type { Delivered } from '@skein/events';
import { isTransient, type Transaction } from '@skein/postgres';
import type { Dispatch } from '@skein/stream';
import type { Burial } from './burial.js';
import type { Effect, Fence, Handling } from './handling.js';
import { culprits, membersOf, nameOf, withMembers } from './members.js';
import type { RetrySchedule } from './retry-schedule.js';
import type { SharedExclusiveLock } from './shared-exclusive-lock.js';

const RETRIES_AT_ONCE = 100;

export interface MemberParts {
  readonly log: EventLog;
  readonly consumer: ConsumerLog;
  readonly handling: Handling;
  readonly burial: Burial;
  readonly schedule: RetrySchedule;
  readonly lock: SharedExclusiveLock;
}

/** An event that failed as a whole, and how its other members take effect. */
interface Divided {
  readonly dispatch: Dispatch;
  readonly original: unknown;
  readonly effect?: Effect | undefined;
}

/**
 * Lets a batch event take effect without the members that fail, and tries these again, each on
 * its own. Handlers of batch events fold member by member, so that an event with fewer
 * members is an event like any other; what is done again takes no second effect.
 */
export class MemberRetries {
  private readonly failed: FailedMembers;

  constructor(private readonly parts: MemberParts) {
    this.failed = new FailedMembers(parts.log.postgres, parts.log.service);
  }

  /**
   * The effect of an event that failed alone: that of its other members. The culprits are looked for in
   * savepoints that are all rolled back, so what they did is gone, and the rest is done at once.
   * @throws the original error when it is not up to some of the members
   */
  async effectWithoutCulprits(
    transaction: Transaction,
    delivered: Delivered,
    { dispatch, original, effect }: Divided,
  ): Promise<number> {
    const { handling, schedule } = this.parts;
    const members = membersOf(delivered);
    const only = (places: readonly number[]) =>
      withMembers(
        delivered,
        places.map((at) => members[at]),
      );
    const errors = await culprits(members.length, (places) =>
      rehearse(transaction, () => handling.effect(transaction, [only(places)], dispatch)),
    );
    if (!errors) throw original;
    await this.failed.put(transaction, delivered.sequence, {
      errors,
      delayMs: schedule.delayAfter(1),
    });
    const others = [...members.keys()].filter((at) => !errors.has(at));
    return (effect ?? handling.effect.bind(handling))(transaction, [only(others)], dispatch);
  }

  /** Tries again what is due, one by one; resolves with how many there were. */
  async retryDue(dispatch: Dispatch): Promise<number> {
    const due = await this.failed.due(RETRIES_AT_ONCE);
    for (const one of due) {
      const mode = one.suspect ? 'exclude' : 'share';
      await this.parts.lock[mode](() => this.retry(one, dispatch));
    }
    return due.length;
  }

  private async retry(due: DueMember, dispatch: Dispatch): Promise<void> {
    const { schedule } = this.parts;
    const attempts = await this.failed.tryDue(due, schedule.attemptAfter(due.attempts));
    if (attempts === undefined) return;
    const tried = { ...due, attempts };
    if (schedule.isSpent(attempts))
      await this.bury(tried, 'its process ended while it was handled');
    else await this.attempt(tried, dispatch);
  }

  private async attempt(due: FailedMember, dispatch: Dispatch): Promise<void> {
    const { consumer, handling } = this.parts;
    try {
      const whole = await consumer.read(due.number);
      if (!whole) throw new Error(`event ${due.number} is not in the log`);
      const alone = withMembers(whole, [membersOf(whole)[due.member]]);
      const fence: Fence = async (transaction) =>
        (await this.failed.take(transaction, due)) ? [alone] : [];
      await handling.run([alone], dispatch, fence, handling.lateEffect.bind(handling));
    } catch (error) {
      await this.attemptFailed(due, error as Error);
    }
  }

  private async attemptFailed(due: FailedMember, error: Error): Promise<void> {
    const { schedule } = this.parts;
    if (isTransient(error)) {
      await this.failed.giveBack(due, schedule.self).catch(() => undefined);
      throw error;
    }
    const failed = { ...due, attempts: due.attempts + 1 };
    if (schedule.isSpent(failed.attempts)) return this.bury(failed, error.message);
    const delayMs = schedule.delayAfter(failed.attempts);
    await this.failed.retryLater({ ...failed, delayMs, reason: error.message });
  }

  private async bury(due: FailedMember, reason: string): Promise<void> {
    const { consumer, burial } = this.parts;
    const whole = await consumer.read(due.number).catch(() => undefined);
    const cause = `${nameOf(whole ? membersOf(whole) : [], due.member)}: ${reason}`;
    await burial.buryWith({ ...due, cause }, (transaction) =>
      this.failed.bury(transaction, due, cause),
    );
  }
}

/** What goes wrong with some work, all of which is rolled back; an error that says nothing about it is thrown. */
async function rehearse(
  transaction: Transaction,
  work: () => Promise<unknown>,
): Promise<Error | undefined> {
  await transaction.query('savepoint rehearsal');
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isTransient(error)) throw error;
    return error as Error;
  } finally {
    await transaction.query('rollback to savepoint rehearsal');
  }
}
