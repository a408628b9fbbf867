import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TemplateVersion, TemplateVersionList } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import type { ListQuery } from '../resources/page.js';
import { templateVersions } from '../resources/selection/selectables.js';
import { TemplateVersionsService } from '../resources/template-versions.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers, AnswersPages, Selects } from './documented.js';

@ApiTags('fleets')
@Controller('api/v1/fleets/:fleet/templateversions')
export class TemplateVersionsController {
  constructor(private readonly templateVersions: TemplateVersionsService) {}

  @Get()
  @Needs('list', 'templateversions')
  @AnswersPages(TemplateVersionList)
  @Selects(templateVersions)
  list(
    @FromCaller() caller: Caller,
    @Param('fleet') fleet: string,
    @Query() query: ListQuery,
  ): Promise<TemplateVersionList> {
    return this.templateVersions.list(caller, fleet, query);
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
