import type { Caller } from '../resources/caller.js';
import type { Admitted } from '../rights/admission.js';

/** The address of a peer, without its port. */
export function addressOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
}

/** Who calls, as the guard of rights let them in. */
export function callerOf(
  { identity, organization: org, device, renew }: Admitted,
  origin: { readonly sourceaddress: string; readonly requestid: string },
): Caller {
  const actor = identity.name;
  return {
    org,
    actor,
    ...origin,
    ...(device !== undefined && { device }),
    ...(renew && { renew }),
  };
}
