import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import type { Document } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import { TemplateVersionsService } from '../resources/template-versions.service.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';
import { fittingPage } from './fitting-page.js';
import { queryOf } from './request.js';
import { watch } from './watch.js';

interface InFleet extends Document {
  readonly fleet: string;
}

/** What the templates of fleets were frozen to. */
@Controller()
export class TemplateVersionMethods {
  constructor(
    private readonly templateVersions: TemplateVersionsService,
    private readonly watches: WatchService,
  ) {}

  @GrpcMethod('TemplateVersionService', 'GetTemplateVersion')
  @Needs('get', 'templateversions')
  async getTemplateVersion(
    @Payload() { fleet, name }: InFleet & { readonly name: string },
    @Ctx() { caller }: Call,
  ) {
    return { templateVersion: await this.templateVersions.read(caller, fleet, name) };
  }

  @GrpcMethod('TemplateVersionService', 'ListTemplateVersions')
  @Needs('list', 'templateversions')
  listTemplateVersions(@Payload() { fleet, ...request }: InFleet, @Ctx() call: Call) {
    const list = (query: ListQuery) => this.templateVersions.list(call.caller, fleet, query);
    return fittingPage(call, list, queryOf(request));
  }

  @GrpcMethod('TemplateVersionService', 'WatchTemplateVersions')
  @Needs('list', 'templateversions')
  watchTemplateVersions(@Payload() { fleet, ...request }: InFleet, @Ctx() call: Call) {
    const member = 'templateVersion';
    const listOf = (query: ListQuery) => this.templateVersions.watched(call.caller, fleet, query);
    return watch(call, this.watches, { member, listOf }, queryOf(request));
  }
}
