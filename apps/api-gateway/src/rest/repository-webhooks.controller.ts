import { Body, Controller, Delete, Headers, HttpCode, Param, Post, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiAcceptedResponse, ApiBody, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { RepositoryWebhook, Status, statusOf } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { read } from '../resources/check.js';
import { RepositoryWebhooksService } from '../resources/repository-webhooks.service.js';
import type { Headers as Given } from '../resources/webhook-signature.js';
import { Needs, NeedsNothing } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers } from './documented.js';
import { RAW_BODY } from './raw-body.js';

/** Where the servers of repositories say that something was pushed. */
@ApiTags('repositories')
@Controller('api/v1/repositories/:name/webhook')
export class RepositoryWebhooksController {
  constructor(private readonly webhooks: RepositoryWebhooksService) {}

  @Put()
  @Needs('update', 'repositories/webhook')
  @ApiBody({ type: RepositoryWebhook })
  @Answers(Status)
  async set(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<Status> {
    await this.webhooks.set(caller, name, read(RepositoryWebhook, body).secret);
    return statusOf(200, 'OK', `Repository ${name} takes deliveries that know the secret`);
  }

  @Delete()
  @Needs('delete', 'repositories/webhook')
  @Answers(Status)
  async remove(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Status> {
    await this.webhooks.remove(caller, name);
    return statusOf(200, 'OK', `Repository ${name} takes no deliveries`);
  }

  @Post()
  @NeedsNothing()
  @HttpCode(202)
  @RouteConfig(RAW_BODY)
  @ApiAcceptedResponse({ type: Status })
  @ApiUnauthorizedResponse({ type: Status })
  async deliver(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Headers() headers: Given,
    @Body() body: Buffer | undefined,
  ): Promise<Status> {
    const delivery = { headers, body: body ?? Buffer.alloc(0) };
    const isPush = await this.webhooks.deliver(caller, name, delivery);
    return statusOf(202, 'Accepted', isPush ? 'it is looked at soon' : 'nothing was pushed');
  }
}
