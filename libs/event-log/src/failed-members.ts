import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Attempt } from './consumer-log.js';
import { dueInTurn } from './due.js';
import { legible } from './legible.js';

/** One member of a batch event: the event's number, and the member's place in it, from 0. */
export interface MemberPlace {
  readonly number: number;
  readonly member: number;
}

export interface FailedMember extends MemberPlace {
  /** Attempts that failed so far. */
  readonly attempts: number;
}

export interface DueMember extends FailedMember {
  /** As for events: a process that tried it ended. */
  readonly suspect: boolean;
}

/** Members that failed while the rest of their event took effect: each is tried again on its own. */
export class FailedMembers {
  constructor(
    private readonly database: Queryable,
    private readonly service: Group,
  ) {}

  /** In the transaction in which the other members take effect. */
  async put(
    transaction: Queryable,
    number: number,
    failed: { readonly errors: ReadonlyMap<number, Error>; readonly delayMs: number },
  ): Promise<void> {
    await transaction.query(
      `insert into ${this.service}.failed_members (number, member, attempts, due, reason)
       select $1, m.member, 1, now() + make_interval(secs => $4 / 1000.0), m.reason
       from unnest($2::int[], $3::text[]) as m (member, reason) order by m.member
       on conflict do nothing`,
      [
        number,
        [...failed.errors.keys()],
        [...failed.errors.values()].map(({ message }) => legible(message)),
        failed.delayMs,
      ],
    );
  }

  /** Those whose time has come. */
  due(limit: number): Promise<DueMember[]> {
    const table = `${this.service}.failed_members`;
    return this.database.query<DueMember>(dueInTurn(table, 'number, member'), [limit]);
  }

  /** As for events: makes durable that it is tried; answers the failed attempts, undefined when a peer has it. */
  async tryDue(
    { number, member }: MemberPlace,
    { by, forMs }: Attempt,
  ): Promise<number | undefined> {
    const [begun] = await this.database.query<{ attempts: number }>(
      `update ${this.service}.failed_members
       set attempts = attempts + case when tried_by <> $3 then 1 else 0 end,
           due = now() + make_interval(secs => $4 / 1000.0), tried_by = $3
       where number = $1 and member = $2 and due <= now()
       returning attempts`,
      [number, member, by, forMs],
    );
    return begun?.attempts;
  }

  /** The fence of a member: takes its row away; false when a peer has done it. */
  async take(transaction: Queryable, { number, member }: MemberPlace): Promise<boolean> {
    const taken = await transaction.query(
      `delete from ${this.service}.failed_members where number = $1 and member = $2 returning number`,
      [number, member],
    );
    return taken.length > 0;
  }

  /** A try that was no attempt: the member is due at once. */
  async giveBack({ number, member }: MemberPlace, by: string): Promise<void> {
    await this.database.query(
      `update ${this.service}.failed_members set due = now(), tried_by = null
       where number = $1 and member = $2 and tried_by = $3`,
      [number, member, by],
    );
  }

  async retryLater(due: FailedMember & { delayMs: number; reason: string }): Promise<void> {
    await this.database.query(
      `update ${this.service}.failed_members
       set attempts = greatest(attempts, $3), due = now() + make_interval(secs => $4 / 1000.0),
           reason = $5, tried_by = null
       where number = $1 and member = $2`,
      [due.number, due.member, due.attempts, due.delayMs, legible(due.reason)],
    );
  }

  /**
   * Gives a member up: its event becomes a dead letter that names it. Answers whether this call did.
   */
  async bury(
    transaction: Queryable,
    { number, member, attempts }: FailedMember,
    reason: string,
  ): Promise<boolean> {
    if (!(await this.take(transaction, { number, member }))) return false;
    await transaction.query(
      `insert into ${this.service}.dead_letters as d (number, attempts, reason) values ($1, $2, $3)
       on conflict (number) do update
         set attempts = greatest(d.attempts, excluded.attempts), reason = left(d.reason || '; ' || excluded.reason, 4000)`,
      [number, attempts, legible(reason)],
    );
    return true;
  }
}
