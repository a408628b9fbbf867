import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { API_VERSION, OrganizationList, Version } from '@skein/api';
import { presentOrganization } from '../resources/organizations.js';
import { ownVersion } from '../resources/own-version.js';
import { organizationsOf } from '../rights/admission.js';
import { Identities, type Identity } from '../rights/identity.js';
import { NeedsIdentity, NeedsNothing } from '../rights/needs.js';
import { FromIdentity } from './caller.decorator.js';

@ApiTags('about')
@Controller('api/v1')
export class AboutController {
  constructor(private readonly identities: Identities) {}

  /** Which Skein answers. */
  @Get('version')
  @NeedsNothing()
  @ApiOkResponse({ type: Version })
  version(): Version {
    return { version: ownVersion };
  }

  /** The organisations in which the caller has a role. */
  @Get('organizations')
  @NeedsIdentity()
  @ApiOkResponse({ type: OrganizationList })
  organizations(@FromIdentity() identity: Identity): OrganizationList {
    const items = organizationsOf(identity, this.identities).map(presentOrganization);
    return { apiVersion: API_VERSION, kind: 'OrganizationList', metadata: {}, items };
  }
}
