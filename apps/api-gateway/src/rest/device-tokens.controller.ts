import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { DeviceToken, DeviceTokenList, Status, statusOf } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { DeviceTokensService } from '../resources/device-tokens.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers } from './documented.js';

/** With what a device proves who it is. */
@ApiTags('devices')
@Controller('api/v1/devices/:name/tokens')
export class DeviceTokensController {
  constructor(private readonly tokens: DeviceTokensService) {}

  @Get()
  @Needs('list', 'devices/tokens')
  @Answers(DeviceTokenList)
  list(@FromCaller() caller: Caller, @Param('name') name: string): Promise<DeviceTokenList> {
    return this.tokens.list(caller, name);
  }

  /** The token is in the answer, and can be read nowhere else. */
  @Post()
  @Needs('create', 'devices/tokens')
  @ApiCreatedResponse({ type: DeviceToken })
  issue(@FromCaller() caller: Caller, @Param('name') name: string): Promise<DeviceToken> {
    return this.tokens.issue(caller, name);
  }

  @Delete(':id')
  @Needs('delete', 'devices/tokens')
  @Answers(Status)
  async revoke(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Param('id') id: string,
  ): Promise<Status> {
    await this.tokens.revoke(caller, name, id);
    return statusOf(200, 'OK', `DeviceToken ${id} of Device ${name} is revoked`);
  }
}
