import type { Change, EventLog } from '@skein/event-log';
import type { Transaction } from '@skein/postgres';

/** Takes the transaction back, and the result out of it. */
class Rehearsed<Result> extends Error {
  constructor(readonly result: Result) {
    super('rehearsed');
  }
}

/** Runs a change as {@link EventLog.commit} does, up to the commit: everything is checked, and nothing stays. */
export async function rehearse<Result>(
  log: EventLog,
  work: (transaction: Transaction) => Promise<Change<Result>>,
): Promise<Result> {
  try {
    return await log.postgres.transaction<never>(async (transaction) => {
      const { events, result } = await work(transaction);
      throw new Rehearsed(result(await log.append(transaction, events)));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as Result;
    throw error;
  }
}
