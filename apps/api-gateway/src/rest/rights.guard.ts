import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { HealthController } from '@skein/service';
import type { FastifyRequest } from 'fastify';
import { TrustedProxies } from '../limits/trusted-proxies.js';
import { Admission, type Credentials } from '../rights/admission.js';
import { admitted } from '../rights/admitted.js';
import { NEED, type Need } from '../rights/needs.js';

/** Lets in who has the right that a route needs. A route that needs nothing by its own words lets nobody in. */
@Injectable()
export class RightsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
    private readonly proxies: TrustedProxies,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Load balancers ask for health, and have no token.
    if (context.getClass() === HealthController) return true;
    const places = [context.getHandler(), context.getClass()];
    const need = this.reflector.getAllAndOverride<Need | undefined>(NEED, places);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    admitted.set(request, await this.admission.admit(need, this.credentialsOf(request)));
    return true;
  }

  private credentialsOf({ headers, query, ip }: FastifyRequest): Credentials {
    const { org_id: organization } = query as Record<string, string | string[] | undefined>;
    return {
      // Node joins the lines of several.
      address: this.proxies.clientOf(ip, headers['x-forwarded-for'] as string | undefined),
      authorization: headers.authorization,
      organization: organization === undefined ? undefined : String(organization),
    };
  }
}
