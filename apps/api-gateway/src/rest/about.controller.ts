import { Controller, Get, HttpException } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { OrganizationList, Version } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { ownVersion } from '../resources/own-version.js';
import { organizationsOf } from '../resources/organizations.js';
import { FromCaller } from './caller.decorator.js';

/** As the document has it for a service without authentication. */
const AUTH_NOT_CONFIGURED = 418;

@ApiTags('about')
@Controller('api/v1')
export class AboutController {
  /** Which Skein answers. */
  @Get('version')
  @ApiOkResponse({ type: Version })
  version(): Version {
    return { version: ownVersion };
  }

  /** The organisations that the caller may see. */
  @Get('organizations')
  @ApiOkResponse({ type: OrganizationList })
  organizations(@FromCaller() caller: Caller): OrganizationList {
    return organizationsOf(caller);
  }

  /** There is no authentication yet. */
  @Get('auth/config')
  authConfig(): never {
    throw new HttpException('authentication is not configured', AUTH_NOT_CONFIGURED);
  }
}
