import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import type { Document } from '@skein/api';
import { EventsService } from '../resources/events/events.service.js';
import { LabelsService } from '../resources/labels.service.js';
import { presentOrganization } from '../resources/organizations.js';
import { ownVersion } from '../resources/own-version.js';
import type { ListQuery } from '../resources/page.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { organizationsOf } from '../rights/admission.js';
import { Identities } from '../rights/identity.js';
import { Needs, NeedsIdentity, NeedsNothing } from '../rights/needs.js';
import { Call } from './call.js';
import { fittingPage } from './fitting-page.js';
import { queryOf } from './request.js';
import { watch } from './watch.js';

/** What can be read, and not written. */
@Controller()
export class ReadingMethods {
  constructor(
    private readonly events: EventsService,
    private readonly labels: LabelsService,
    private readonly identities: Identities,
    private readonly watches: WatchService,
  ) {}

  @GrpcMethod('EventService', 'ListEvents')
  @Needs('list', 'events')
  listEvents(@Payload() request: Document, @Ctx() call: Call) {
    const list = (query: ListQuery) => this.events.list(call.caller, query);
    return fittingPage(call, list, queryOf(request));
  }

  @GrpcMethod('EventService', 'WatchEvents')
  @Needs('list', 'events')
  watchEvents(@Payload() request: Document, @Ctx() call: Call) {
    const listOf = (query: ListQuery) => this.events.watched(call.caller, query);
    return watch(call, this.watches, { member: 'event', listOf }, queryOf(request));
  }

  @GrpcMethod('AboutService', 'GetVersion')
  @NeedsNothing()
  getVersion() {
    return { version: ownVersion };
  }

  @GrpcMethod('AboutService', 'ListOrganizations')
  @NeedsIdentity()
  listOrganizations(@Payload() _request: Document, @Ctx() { admitted }: Call) {
    const items = organizationsOf(admitted!.identity, this.identities).map(presentOrganization);
    return { metadata: {}, items };
  }

  @GrpcMethod('AboutService', 'ListLabels')
  @Needs('list', 'labels')
  async listLabels(@Payload() request: Document, @Ctx() { caller }: Call) {
    return { labels: await this.labels.list(caller, queryOf(request)) };
  }
}
