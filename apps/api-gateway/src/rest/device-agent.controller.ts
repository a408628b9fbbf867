import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Param, Patch, Put, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiNoContentResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Device, DeviceLastSeen } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { DeviceStatusService } from '../resources/device-status.service.js';
import type { Patch as PatchDocument } from '../resources/patch/patched.js';
import { RenderedService } from '../resources/rendered.service.js';
import type { OnGone } from '../resources/waiter.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers } from './documented.js';
import { Patches } from './documented-writes.js';
import { answerWith, HELD } from './held-answers.js';
import { FromPatch } from './patch-body.js';

/** Those who wait are many: an `AbortController` for each would weigh more than what it tells. */
const onCloseOf =
  (response: ServerResponse): OnGone =>
  (end) => {
    if (response.closed) queueMicrotask(end);
    response.on('close', end);
    return () => response.off('close', end);
  };

/** What the agent on a device calls. */
@ApiTags('devices')
@Controller('api/v1/devices/:name')
export class DeviceAgentController {
  constructor(
    private readonly statuses: DeviceStatusService,
    private readonly documents: RenderedService,
  ) {}

  /** Answers at once when there is something new, else waits for it. */
  @Get('rendered')
  @RouteConfig(HELD)
  @Needs('get', 'devices/rendered')
  @Answers(Device)
  @ApiNoContentResponse({ description: 'Nothing new: ask again.' })
  @ApiQuery({
    name: 'knownRenderedVersion',
    required: false,
    description: 'The version that the device has.',
  })
  rendered(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Query('knownRenderedVersion') known: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const onGone = onCloseOf(reply.raw);
    answerWith(reply, this.documents.next(caller, { name, known, onGone }));
  }

  @Get('status')
  @Needs('get', 'devices/status')
  @Answers(Device)
  readStatus(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Device> {
    return this.statuses.read(caller, name);
  }

  @Put('status')
  @Needs('update', 'devices/status')
  @Answers(Device)
  report(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body(CheckedBody) body: Device,
  ): Promise<Device> {
    return this.statuses.report(caller, name, body.status);
  }

  /** Patches what the device reported last. */
  @Patch('status')
  @Needs('patch', 'devices/status')
  @Patches(Device)
  patch(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @FromPatch() patch: PatchDocument,
  ): Promise<Device> {
    return this.statuses.patch(caller, name, patch);
  }

  @Get('lastseen')
  @Needs('get', 'devices/lastseen')
  @Answers(DeviceLastSeen)
  @ApiNoContentResponse({ description: 'The device has not reported yet.' })
  async lastSeen(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeviceLastSeen | undefined> {
    const { status } = await this.statuses.read(caller, name);
    if (status?.lastSeen !== undefined) return { lastSeen: status.lastSeen };
    void reply.status(204);
    return undefined;
  }
}
