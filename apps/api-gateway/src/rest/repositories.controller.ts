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
import { Repository, RepositoryList, Status, statusOf } from '@skein/api';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { RepositoriesService } from '../resources/repositories.service.js';
import type { ListQuery } from '../resources/page.js';
import type { Patch as PatchDocument } from '../resources/patch/patched.js';
import { repositories } from '../resources/selection/selectables.js';
import type { WriteRequest } from '../resources/write-request.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { answerSaved } from './answer-saved.js';
import { FromCaller } from './caller.decorator.js';
import { CheckedBody } from './checked-body.js';
import { Answers, AnswersPages, Selects } from './documented.js';
import { Conditional, Patches, Rehearsable, Repeatable, Tagged } from './documented-writes.js';
import { answerWatch } from './event-stream.js';
import { FromPatch } from './patch-body.js';
import { FromWatch, Watched, type WatchAsked } from './watch-request.js';
import { FromWriter } from './write-request.decorator.js';

@ApiTags('repositories')
@Controller('api/v1/repositories')
export class RepositoriesController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly watches: WatchService,
  ) {}

  @Get()
  @Needs('list', 'repositories')
  @AnswersPages(RepositoryList)
  @Selects(repositories)
  @Watched()
  async list(
    @FromCaller() caller: Caller,
    @Query() query: ListQuery,
    @FromWatch() watch: WatchAsked | undefined,
  ): Promise<RepositoryList | StreamableFile> {
    if (!watch) return this.repositories.list(caller, query);
    const list = this.repositories.watched(caller, query);
    return answerWatch(watch.reply, await this.watches.open(list, watch));
  }

  @Post()
  @Needs('create', 'repositories')
  @Repeatable()
  @Rehearsable()
  @ApiCreatedResponse({ type: Repository })
  @ApiConflictResponse({ type: Status })
  create(
    @FromWriter() caller: WriteRequest,
    @Body(CheckedBody) body: Repository,
  ): Promise<Repository> {
    return this.repositories.create(caller, body);
  }

  @Get(':name')
  @Needs('get', 'repositories')
  @Tagged()
  @Answers(Repository)
  read(@FromCaller() caller: Caller, @Param('name') name: string): Promise<Repository> {
    return this.repositories.read(caller, name);
  }

  @Put(':name')
  @Needs('update', 'repositories')
  @Rehearsable()
  @Conditional()
  @Answers(Repository)
  @ApiCreatedResponse({ type: Repository })
  @ApiConflictResponse({ type: Status })
  async replace(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @Body(CheckedBody) body: Repository,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Repository> {
    return answerSaved(reply, await this.repositories.replace(caller, name, body));
  }

  @Patch(':name')
  @Needs('patch', 'repositories')
  @Rehearsable()
  @Patches(Repository)
  @Conditional()
  patch(
    @FromWriter() caller: WriteRequest,
    @Param('name') name: string,
    @FromPatch() patch: PatchDocument,
  ): Promise<Repository> {
    return this.repositories.patch(caller, name, patch);
  }

  @Delete(':name')
  @Needs('delete', 'repositories')
  @Rehearsable()
  @Conditional()
  @Answers(Status)
  async delete(@FromWriter() caller: WriteRequest, @Param('name') name: string): Promise<Status> {
    await this.repositories.delete(caller, name);
    return statusOf(200, 'OK', `Repository ${name} is deleted`);
  }
}
