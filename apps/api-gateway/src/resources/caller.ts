import type { Origin } from '@skein/events';
import { currentTraceparent } from '@skein/telemetry';
import { RefusedRequest } from './refused-request.js';

/** Who asks, for which organisation, and from where. */
export interface Caller {
  readonly org: string;
  readonly actor: string;
  readonly sourceaddress?: string;
  readonly requestid?: string;
  /** Uid of the device that calls, which may speak for itself only; undefined for people. */
  readonly device?: string;
  /**
   * Asks for the right again, of a caller that has waited.
   * @throws RefusedRequest when it is taken away
   */
  readonly renew?: () => Promise<void>;
}

/**
 * A device may speak for itself only, and learns of others not even whether they are there.
 * @param uid of the device that is spoken of; undefined when there is none
 */
export function requireSelf({ device }: Caller, uid: string | undefined): void {
  if (device === undefined || device === uid) return;
  throw new RefusedRequest('forbidden', 'a device may speak for itself only');
}

/** The origin of the events that the caller's request makes, in the span that is open now. */
export function originOf({ actor, sourceaddress, requestid }: Caller): Origin {
  const traceparent = currentTraceparent();
  return {
    actor,
    ...(sourceaddress && { sourceaddress }),
    ...(requestid && { requestid }),
    ...(traceparent && { traceparent }),
  };
}
