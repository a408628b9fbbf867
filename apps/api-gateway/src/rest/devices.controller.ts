import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { Device, DeviceList, Status, statusOf } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { DevicesService } from '../resources/devices.service.js';
import type { ListQuery } from '../resources/page.js';
import type { Patch as PatchDocument } from '../resources/patch/patched.js';
import { devices } from '../resources/selection/selectables.js';
import type { WriteRequest } from '../resources/write-request.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { answerSaved } from './answer-saved.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers, AnswersPages, MayOnlyCount, Selects } from './documented.js';
import { Conditional, Patches, Rehearsable, Repeatable, Tagged } from './documented-writes.js';
import { answerWatch } from './event-stream.js';
import { FromPatch } from './patch-body.js';
import { FromWatch, Watched, type WatchAsked } from './watch-request.js';
import { FromWriter } from './write-request.decorator.js';

@ApiTags('devices')
@Controller('api/v1/devices')
export class DevicesController {
  constructor(
    private readonly devices: DevicesService,
    private readonly watches: WatchService,
  ) {}

  @Get()
  @Needs('list', 'devices')
  @AnswersPages(DeviceList)
  @Selects(devices)
  @MayOnlyCount()
  @Watched()
  async list(
    @FromCaller() caller: Caller,
    @Query() query: ListQuery,
    @FromWatch() watch: WatchAsked | undefined,
  ): Promise<DeviceList | StreamableFile> {
    if (!watch) return this.devices.list(caller, query);
    const list = this.devices.watched(caller, query);
    return answerWatch(watch.reply, await this.watches.open(list, watch));
  }

  @Post()
  @Needs('create', 'devices')
  @Repeatable()
  @Rehearsable()
  @ApiCreatedResponse({ type: Device })
  @ApiConflictResponse({ type: Status })
  create(@FromWriter() caller: WriteRequest, @Body(CheckedBody) body: Device): Promise<Device> {
    return this.devices.create(caller, body);
  }

  @Get(':name')
  @Needs('get', 'devices')
  @Tagged()
  @Answers(Device)
  read(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Device> {
    return this.devices.read(caller, name);
  }

  @Put(':name')
  @Needs('update', 'devices')
  @Rehearsable()
  @Conditional()
  @Answers(Device)
  @ApiCreatedResponse({ type: Device })
  @ApiConflictResponse({ type: Status })
  async replace(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @Body(CheckedBody) body: Device,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Device> {
    return answerSaved(reply, await this.devices.replace(caller, name, body));
  }

  @Patch(':name')
  @Needs('patch', 'devices')
  @Rehearsable()
  @Patches(Device)
  @Conditional()
  patch(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @FromPatch() patch: PatchDocument,
  ): Promise<Device> {
    return this.devices.patch(caller, name, patch);
  }

  @Delete(':name')
  @Needs('delete', 'devices')
  @Rehearsable()
  @Conditional()
  @Answers(Status)
  async delete(@FromWriter() caller: WriteRequest, @Param('name') name: string): Promise<Status> {
    await this.devices.delete(caller, name);
    return statusOf(200, 'OK', `Device ${name} is deleted`);
  }
}
