import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Admission } from '../rights/admission.js';
import { NEED, type Need } from '../rights/needs.js';
import type { Call } from './call.js';
import { addressOf } from './caller.js';

/** Lets in who has the right that a call needs. A call that needs nothing by its own words lets nobody in. */
@Injectable()
export class CallRightsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<Need | undefined>(NEED, context.getHandler());
    const call = context.switchToRpc().getContext<Call>();
    const credentials = {
      authorization: call.said('authorization'),
      organization: call.said('org-id'),
      address: addressOf(call.server.getPeer()),
    };
    call.admitted = await this.admission.admit(need, credentials);
    return true;
  }
}
