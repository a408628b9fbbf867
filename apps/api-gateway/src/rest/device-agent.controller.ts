import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Device } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { DeviceStatusService } from '../resources/device-status.service.js';
import { RenderedService } from '../resources/rendered.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers } from './documented.js';

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
  @Needs('get', 'devices/rendered')
  @Answers(Device)
  @ApiNoContentResponse({ description: 'Nothing new: ask again.' })
  @ApiQuery({
    name: 'knownRenderedVersion',
    required: false,
    description: 'The version that the device has.',
  })
  async rendered(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Query('knownRenderedVersion') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Device | undefined> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const device = await this.documents.next(caller, { name, known, signal: gone.signal });
    if (!device) void reply.status(204);
    return device;
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
}
