import type { Origin } from '@skein/events';
import { currentTraceparent } from '@skein/telemetry';

/** Who asks, for which organisation, and from where. */
export interface Caller {
  readonly org: string;
  readonly actor: string;
  readonly sourceaddress?: string;
  readonly requestid?: string;
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
