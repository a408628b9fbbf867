import { Controller, Get, HttpException, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { AuthConfig, PermissionList, Status, statusOf, UserInfo } from '@skein/api';
import { GatewayConfig } from '../gateway.config.js';
import { presentAuthentication } from '../rights/oidc/present-provider.js';
import { presentOrganization } from '../resources/organizations.js';
import { organizationsOf } from '../rights/admission.js';
import { Identities, type Identity } from '../rights/identity.js';
import { NeedsIdentity, NeedsNothing } from '../rights/needs.js';
import { rightsOf } from '../rights/rights-of.js';
import { FromIdentity } from './caller.decorator.js';

/** As the document has it for a service without authentication. */
const AUTH_NOT_CONFIGURED = 418;

/** How to prove who one is, and what that allows. */
@ApiTags('authentication')
@ApiUnauthorizedResponse({ type: Status })
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly identities: Identities,
    private readonly gateway: GatewayConfig,
  ) {}

  /** Where users get tokens; without a provider from whoever runs this gateway. */
  @Get('config')
  @NeedsNothing()
  @ApiOkResponse({ type: AuthConfig })
  config(): AuthConfig {
    this.requireAuthentication();
    return presentAuthentication(this.gateway.oidc);
  }

  /** Whether the token that it was asked with is good. */
  @Get('validate')
  @NeedsIdentity()
  @ApiOkResponse({ type: Status })
  validate(@FromIdentity() { name }: Identity): Status {
    this.requireAuthentication();
    return statusOf(200, 'OK', `the token is that of ${name}`);
  }

  /** What its holder may do, in one organisation or at all. */
  @Get('permissions')
  @NeedsIdentity()
  @ApiOkResponse({ type: PermissionList })
  permissions(
    @FromIdentity() identity: Identity,
    @Query('org_id') organisation: string | undefined,
  ): PermissionList {
    this.requireAuthentication();
    const rights = Object.entries(rightsOf(identity, organisation));
    return {
      permissions: rights.map(([resource, operations]) => ({
        resource,
        operations: [...operations],
      })),
    };
  }

  /** Who its holder is. */
  @Get('userinfo')
  @NeedsIdentity()
  @ApiOkResponse({ type: UserInfo })
  userInfo(@FromIdentity() identity: Identity): UserInfo {
    this.requireAuthentication();
    const { name } = identity;
    const organizations = organizationsOf(identity, this.identities).map(presentOrganization);
    return { sub: name, preferred_username: name, organizations };
  }

  private requireAuthentication(): void {
    if (!this.identities.anonymous) return;
    throw new HttpException('authentication is not configured', AUTH_NOT_CONFIGURED);
  }
}
