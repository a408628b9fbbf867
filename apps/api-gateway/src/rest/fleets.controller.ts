import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { Fleet, FleetList, Status, statusOf } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { FleetsService } from '../resources/fleets.service.js';
import type { ListQuery } from '../resources/page.js';
import { fleets } from '../resources/selection/selectables.js';
import { answerSaved } from './answer-saved.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers, AnswersPages, MaySummarise, Selects } from './documented.js';

@ApiTags('fleets')
@Controller('api/v1/fleets')
export class FleetsController {
  constructor(private readonly fleets: FleetsService) {}

  @Get()
  @AnswersPages(FleetList)
  @Selects(fleets)
  @MaySummarise()
  list(@FromCaller() caller: Caller, @Query() query: ListQuery): Promise<FleetList> {
    return this.fleets.list(caller, query);
  }

  @Post()
  @ApiCreatedResponse({ type: Fleet })
  @ApiConflictResponse({ type: Status })
  create(@FromCaller() caller: Caller, @Body(CheckedBody) body: Fleet): Promise<Fleet> {
    return this.fleets.create(caller, body);
  }

  @Get(':name')
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
  @Answers(Fleet)
  @ApiCreatedResponse({ type: Fleet })
  @ApiConflictResponse({ type: Status })
  async replace(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body(CheckedBody) body: Fleet,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Fleet> {
    return answerSaved(reply, await this.fleets.replace(caller, name, body));
  }

  @Delete(':name')
  @Answers(Status)
  async delete(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Status> {
    await this.fleets.delete(caller, name);
    return statusOf(200, 'OK', `Fleet ${name} is deleted`);
  }
}
