import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import type { Document } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { KvService } from '../system/kv.service.js';
import { StreamsService } from '../system/streams.service.js';
import { deadLetters, parkedEvents, type WaitingKind } from '../system/waiting-events.js';
import { WaitingEventsService, type Deed } from '../system/waiting-events.service.js';
import { explicitFilter, numberOf, serviceOf } from '../system/waiting-filter.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';
import { fittingPage } from './fitting-page.js';
import { queryOf } from './request.js';

interface Place {
  readonly service: string;
  readonly number: number;
}

interface Which {
  readonly place?: Place;
  readonly filter?: Document;
}

const placeOf = ({ service, number }: Place) => ({
  service: serviceOf(service),
  number: numberOf(String(number)),
});

@Controller()
export class SystemMethods {
  constructor(
    private readonly streams: StreamsService,
    private readonly kv: KvService,
    private readonly waiting: WaitingEventsService,
  ) {}

  @GrpcMethod('SystemService', 'ListStreams')
  @Needs('list', 'system/streams')
  listStreams() {
    return this.streams.report();
  }

  @GrpcMethod('SystemService', 'ListKvServers')
  @Needs('list', 'system/kv')
  listKvServers() {
    return this.kv.report();
  }

  @GrpcMethod('SystemService', 'ListDeadLetters')
  @Needs('list', 'system/waitingevents')
  listDeadLetters(@Payload() request: Document, @Ctx() call: Call) {
    return this.list(call, deadLetters, request);
  }

  @GrpcMethod('SystemService', 'ListParkedEvents')
  @Needs('list', 'system/waitingevents')
  listParkedEvents(@Payload() request: Document, @Ctx() call: Call) {
    return this.list(call, parkedEvents, request);
  }

  @GrpcMethod('SystemService', 'GetDeadLetter')
  @Needs('get', 'system/waitingevents')
  async getDeadLetter(@Payload() place: Place) {
    return { event: await this.waiting.read(deadLetters, placeOf(place)) };
  }

  @GrpcMethod('SystemService', 'GetParkedEvent')
  @Needs('get', 'system/waitingevents')
  async getParkedEvent(@Payload() place: Place) {
    return { event: await this.waiting.read(parkedEvents, placeOf(place)) };
  }

  @GrpcMethod('SystemService', 'RetryDeadLetters')
  @Needs('update', 'system/waitingevents')
  retryDeadLetters(@Payload() which: Which, @Ctx() call: Call) {
    return this.act(call, deadLetters, 'retry', which);
  }

  @GrpcMethod('SystemService', 'DropDeadLetters')
  @Needs('delete', 'system/waitingevents')
  dropDeadLetters(@Payload() which: Which, @Ctx() call: Call) {
    return this.act(call, deadLetters, 'drop', which);
  }

  @GrpcMethod('SystemService', 'RetryParkedEvents')
  @Needs('update', 'system/waitingevents')
  retryParkedEvents(@Payload() which: Which, @Ctx() call: Call) {
    return this.act(call, parkedEvents, 'retry', which);
  }

  @GrpcMethod('SystemService', 'DropParkedEvents')
  @Needs('delete', 'system/waitingevents')
  dropParkedEvents(@Payload() which: Which, @Ctx() call: Call) {
    return this.act(call, parkedEvents, 'drop', which);
  }

  private list(call: Call, what: WaitingKind, request: Document) {
    const list = (query: ListQuery) => this.waiting.list(what, query);
    return fittingPage(call, list, queryOf(request));
  }

  private async act({ caller }: Call, what: WaitingKind, deed: Deed, { place, filter }: Which) {
    if (place) {
      await this.waiting.one(caller, what, deed, placeOf(place));
      return { count: 1 };
    }
    if (!filter) throw new RefusedRequest('invalid', 'say which are meant: place or filter');
    return { count: await this.waiting.all(caller, what, deed, explicitFilter(filter)) };
  }
}
