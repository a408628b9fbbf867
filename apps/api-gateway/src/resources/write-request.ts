import type { Caller } from './caller.js';
import type { Difference } from './difference.js';

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
}
