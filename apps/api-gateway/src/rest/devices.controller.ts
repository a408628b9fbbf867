import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { Device, DeviceList, Status, statusOf } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { DevicesService } from '../resources/devices.service.js';
import type { ListQuery } from '../resources/page.js';
import { devices } from '../resources/selection/selectables.js';
import { answerSaved } from './answer-saved.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers, AnswersPages, MayOnlyCount, Selects } from './documented.js';

@ApiTags('devices')
@Controller('api/v1/devices')
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @AnswersPages(DeviceList)
  @Selects(devices)
  @MayOnlyCount()
  list(@FromCaller() caller: Caller, @Query() query: ListQuery): Promise<DeviceList> {
    return this.devices.list(caller, query);
  }

  @Post()
  @ApiCreatedResponse({ type: Device })
  @ApiConflictResponse({ type: Status })
  create(@FromCaller() caller: Caller, @Body(CheckedBody) body: Device): Promise<Device> {
    return this.devices.create(caller, body);
  }

  @Get(':name')
  @Answers(Device)
  read(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Device> {
    return this.devices.read(caller, name);
  }

  @Put(':name')
  @Answers(Device)
  @ApiCreatedResponse({ type: Device })
  @ApiConflictResponse({ type: Status })
  async replace(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body(CheckedBody) body: Device,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Device> {
    return answerSaved(reply, await this.devices.replace(caller, name, body));
  }

  @Delete(':name')
  @Answers(Status)
  async delete(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Status> {
    await this.devices.delete(caller, name);
    return statusOf(200, 'OK', `Device ${name} is deleted`);
  }
}
