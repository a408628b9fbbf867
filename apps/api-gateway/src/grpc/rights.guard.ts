import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TrustedProxies } from '../limits/trusted-proxies.js';
import { Admission } from '../rights/admission.js';
import { NEED, type Need } from '../rights/needs.js';
import type { Call } from './call.js';

/** The address of a peer, without its port. */
const addressOf = (peer: string): string =>
  peer.slice(0, peer.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');

/** Lets in who has the right that a call needs. A call that needs nothing by its own words lets nobody in. */
@Injectable()
export class CallRightsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
    private readonly proxies: TrustedProxies,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<Need | undefined>(NEED, context.getHandler());
    const call = context.switchToRpc().getContext<Call>();
    const { server } = call;
    const forwarded = server.metadata.get('x-forwarded-for').join(',');
    const credentials = {
      authorization: call.said('authorization'),
      organization: call.said('org-id'),
      address: this.proxies.clientOf(addressOf(server.getPeer()), forwarded),
    };
    call.admitted = await this.admission.admit(need, credentials);
    return true;
  }
}
