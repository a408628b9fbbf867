import { DEFAULT_ORGANISATION } from '@skein/events';
import type { Caller } from '../resources/caller.js';
import type { ServerCall } from './call.js';

/** The address of a peer, without its port. */
function addressOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
}

/** There is no authentication yet: nobody in particular, in the default organisation. */
export function callerOf(call: ServerCall, requestid: string): Caller {
  const sourceaddress = addressOf(call.getPeer());
  return { org: DEFAULT_ORGANISATION, actor: 'anonymous', sourceaddress, requestid };
}
