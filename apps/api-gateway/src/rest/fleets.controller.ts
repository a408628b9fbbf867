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
import { Fleet, FleetList, Status, statusOf } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { FleetsService } from '../resources/fleets.service.js';
import type { ListQuery } from '../resources/page.js';
import type { Patch as PatchDocument } from '../resources/patch/patched.js';
import { fleets } from '../resources/selection/selectables.js';
import type { WriteRequest } from '../resources/write-request.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { answerSaved } from './answer-saved.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers, AnswersPages, MaySummarise, Selects } from './documented.js';
import { Conditional, Patches, Rehearsable, Repeatable, Tagged } from './documented-writes.js';
import { answerWatch } from './event-stream.js';
import { FromPatch } from './patch-body.js';
import { FromWatch, Watched, type WatchAsked } from './watch-request.js';
import { FromWriter } from './write-request.decorator.js';

@ApiTags('fleets')
@Controller('api/v1/fleets')
export class FleetsController {
  constructor(
    private readonly fleets: FleetsService,
    private readonly watches: WatchService,
  ) {}

  @Get()
  @Needs('list', 'fleets')
  @AnswersPages(FleetList)
  @Selects(fleets)
  @MaySummarise()
  @Watched()
  async list(
    @FromCaller() caller: Caller,
    @Query() query: ListQuery,
    @FromWatch() watch: WatchAsked | undefined,
  ): Promise<FleetList | StreamableFile> {
    if (!watch) return this.fleets.list(caller, query);
    const list = this.fleets.watched(caller, query);
    return answerWatch(watch.reply, await this.watches.open(list, watch));
  }

  @Post()
  @Needs('create', 'fleets')
  @Repeatable()
  @Rehearsable()
  @ApiCreatedResponse({ type: Fleet })
  @ApiConflictResponse({ type: Status })
  create(@FromWriter() caller: WriteRequest, @Body(CheckedBody) body: Fleet): Promise<Fleet> {
    return this.fleets.create(caller, body);
  }

  @Get(':name')
  @Needs('get', 'fleets')
  @Tagged()
  @Answers(Fleet)
  @MaySummarise()
  read(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Query() query: ListQuery,
  ): Promise<Fleet> {
    return this.fleets.read(caller, name, query);
  }

  @Put(':name')
  @Needs('update', 'fleets')
  @Rehearsable()
  @Conditional()
  @Answers(Fleet)
  @ApiCreatedResponse({ type: Fleet })
  @ApiConflictResponse({ type: Status })
  async replace(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @Body(CheckedBody) body: Fleet,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Fleet> {
    return answerSaved(reply, await this.fleets.replace(caller, name, body));
  }

  @Patch(':name')
  @Needs('patch', 'fleets')
  @Rehearsable()
  @Patches(Fleet)
  @Conditional()
  patch(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @FromPatch() patch: PatchDocument,
  ): Promise<Fleet> {
    return this.fleets.patch(caller, name, patch);
  }

  @Delete(':name')
  @Needs('delete', 'fleets')
  @Rehearsable()
  @Conditional()
  @Answers(Status)
  async delete(@FromWriter() caller: WriteRequest, @Param('name') name: string): Promise<Status> {
    await this.fleets.delete(caller, name);
    return statusOf(200, 'OK', `Fleet ${name} is deleted`);
  }
}
