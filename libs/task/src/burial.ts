import { legible, type ConsumerLog, type EventLog } from '@skein/event-log';
import {
  taskPermanentlyFailed,
  type NewEvent,
  type Origin,
  type TaskPermanentlyFailed,
} from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';

export interface GivenUp {
  readonly number: number;
  readonly attempts: number;
  readonly cause: string;
}

interface Original {
  readonly id: string;
  readonly type: string;
  readonly org: string;
  readonly kind: string;
  readonly subject: string;
  readonly correlationid: string | null;
  readonly traceparent: string | null;
  readonly actor: string | null;
  readonly requestid: string | null;
}

/** Read as columns, not decoded: what cannot be read is given up, too. */
const ORIGINAL = `
select e.id, t.name as type, e.org, e.kind, e.subject, e.correlationid, e.traceparent, e.actor, e.requestid
from log.sequence s
cross join lateral (select * from log.events where position = s.position limit 1) e
join log.types t on t.id = e.type
where s.sequence = $1`;

const taskKinds = new Set<string>(Object.values(taskPermanentlyFailed).map(({ kind }) => kind));

function originOfFailure({ id, correlationid, traceparent, actor, requestid }: Original): Origin {
  return {
    causationid: id,
    correlationid: correlationid ?? id,
    ...(traceparent && { traceparent }),
    ...(actor && { actor }),
    ...(requestid && { requestid }),
  };
}

/** Gives events up: a dead letter, and an event that says so, both or neither. */
export class Burial {
  constructor(
    private readonly log: EventLog,
    private readonly consumer: ConsumerLog,
  ) {}

  bury(given: GivenUp): Promise<void> {
    const { number, attempts, cause } = given;
    return this.buryWith(given, (transaction) =>
      this.consumer.bury(number, attempts, cause, transaction),
    );
  }

  /** @param write makes the dead letter, and answers whether it was this call that did. */
  async buryWith(
    given: GivenUp,
    write: (transaction: Transaction) => Promise<boolean>,
  ): Promise<void> {
    const told = await this.log.postgres.transaction(async (transaction) => {
      if (!(await write(transaction))) return 0;
      const failure = await this.failureOf(transaction, given);
      await this.log.append(transaction, failure);
      return failure.length;
    });
    if (told > 0) this.log.announce();
  }

  /** None about a number that the log does not have, and none about such an event itself: it would never end. */
  private async failureOf(
    transaction: Queryable,
    { number, attempts, cause }: GivenUp,
  ): Promise<NewEvent[]> {
    const [original] = await transaction.query<Original>(ORIGINAL, [number]);
    if (!original || taskKinds.has(original.kind)) return [];
    const { id: event, type, kind, org, subject } = original;
    const about = { number, event, type, kind, subject };
    const data: TaskPermanentlyFailed = { ...about, attempts, cause: legible(cause) };
    const definition = taskPermanentlyFailed[this.log.service];
    return [{ definition, org, subject, data, origin: originOfFailure(original) }];
  }
}
