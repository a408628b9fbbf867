import { Controller, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TemplateVersion, TemplateVersionList } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import type { ListQuery } from '../resources/page.js';
import { templateVersions } from '../resources/selection/selectables.js';
import { TemplateVersionsService } from '../resources/template-versions.service.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers, AnswersPages, Selects } from './documented.js';
import { answerWatch } from './event-stream.js';
import { FromWatch, Watched, type WatchAsked } from './watch-request.js';

@ApiTags('fleets')
@Controller('api/v1/fleets/:fleet/templateversions')
export class TemplateVersionsController {
  constructor(
    private readonly templateVersions: TemplateVersionsService,
    private readonly watches: WatchService,
  ) {}

  @Get()
  @Needs('list', 'templateversions')
  @AnswersPages(TemplateVersionList)
  @Selects(templateVersions)
  @Watched()
  async list(
    @FromCaller() caller: Caller,
    @Param('fleet') fleet: string,
    @Query() query: ListQuery,
    @FromWatch() watch: WatchAsked | undefined,
  ): Promise<TemplateVersionList | StreamableFile> {
    if (!watch) return this.templateVersions.list(caller, fleet, query);
    const list = await this.templateVersions.watched(caller, fleet, query);
    return answerWatch(watch.reply, await this.watches.open(list, watch));
  }

  @Get(':name')
  @Needs('get', 'templateversions')
  @Answers(TemplateVersion)
  read(
    @FromCaller() caller: Caller,
    @Param('fleet') fleet: string,
    @Param('name') name: string,
  ): Promise<TemplateVersion> {
    return this.templateVersions.read(caller, fleet, name);
  }
}
