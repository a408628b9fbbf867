import type { Caller } from '../resources/caller.js';
import type { Admitted } from './admission.js';

/** Who was let in, by the request that they sent. */
export const admitted = new WeakMap<object, Admitted>();

/** Who calls, as the guard of rights let them in. */
export function callerBy(by: Admitted, requestid: string): Caller {
  const { identity, organization: org, address: sourceaddress, device, renew } = by;
  const origin = { actor: identity.name, sourceaddress, requestid };
  return { org, ...origin, ...(device !== undefined && { device }), ...(renew && { renew }) };
}
