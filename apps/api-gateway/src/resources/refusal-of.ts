import { RefusedEvent } from '@skein/event-log';
import { isTransient, sqlState, TooManyWaiting } from '@skein/postgres';
import { Raced } from './attempt.js';
import { RefusedRequest, type RefusalCode, type RefusalDetails } from './refused-request.js';

/** What the client is told. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly details: RefusalDetails;
}

/** Text that PostgreSQL cannot take. Bodies are looked at before; names and the like go to it as they come. */
const UNSTORABLE = '22021';

/** When a busy gateway is worth another try. */
const RETRY_AFTER_SECONDS = 1;
/** Over how long those come again that were too many at once: not all at the same time. */
const SPREAD_SECONDS = 10;

/** When one of many that are refused at the same time comes again. */
function spreadSeconds(): number {
  return RETRY_AFTER_SECONDS + Math.floor(Math.random() * SPREAD_SECONDS);
}

/** There is no room for one more of something now. */
export function tooManyNow(what: string): RefusedRequest {
  const retryAfterSeconds = spreadSeconds();
  const message = `${what}; try again in ${retryAfterSeconds} s`;
  return new RefusedRequest('too-many', message, { retryAfterSeconds });
}

/** Too many wait for PostgreSQL. */
function overloaded(): Refusal {
  const retryAfterSeconds = spreadSeconds();
  const message = `busy: too many requests wait; try again in ${retryAfterSeconds} s`;
  return { code: 'busy', message, details: { retryAfterSeconds } };
}

/** When another try may help; undefined where it would change nothing. */
export function retryAfterOf({ code, details }: Refusal): number | undefined {
  return details.retryAfterSeconds ?? (code === 'busy' ? RETRY_AFTER_SECONDS : undefined);
}

/** What a client is told when the fault is ours. */
export const FAILED = 'the request failed: the log of the gateway says why';

/** How both doors understand an error; undefined for what is nobody's business but ours. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedRequest) return error;
  if (error instanceof RefusedEvent && error.code === 'too-large')
    return { code: 'too-large', message: error.message, details: {} };
  if (error instanceof TooManyWaiting) return overloaded();
  if (error instanceof Raced || isTransient(error))
    return { code: 'busy', message: 'busy: try again', details: {} };
  if (sqlState(error) === UNSTORABLE) {
    const message = 'the request has NUL, or text that is no valid Unicode, in a name or condition';
    return { code: 'invalid', message, details: {} };
  }
  return undefined;
}
