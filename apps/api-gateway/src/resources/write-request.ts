import type { Caller } from './caller.js';
import type { Difference } from './difference.js';
import { RefusedRequest } from './refused-request.js';

const KEY = /^[\x20-\x7e]{1,255}$/;

/** Who asks for a write, and on which conditions. */
export interface WriteRequest extends Caller {
  /** `If-Match`: the states of which the resource must have one. */
  readonly ifMatch?: string | undefined;
  /** `If-None-Match: *`: only when there is no such resource. */
  readonly onlyNew?: boolean;
  /** Answered as it would be, and not written. */
  readonly dryRun?: boolean;
  /** Is told what a dry run would change. */
  readonly difference?: Difference | undefined;
  /** `Idempotency-Key`: what it created before is answered again. */
  readonly idempotencyKey?: string | undefined;
  /** Aborted when nobody waits for the answer any more: then nothing is begun. */
  readonly signal?: AbortSignal;
}

/** @throws RefusedRequest when it is no `Idempotency-Key` */
export function requireKey(key: string): string {
  if (KEY.test(key)) return key;
  throw new RefusedRequest(
    'invalid',
    'Idempotency-Key: must be 1 to 255 printable ASCII characters',
  );
}
