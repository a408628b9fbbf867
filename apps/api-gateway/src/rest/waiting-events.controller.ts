import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Status, statusOf, WaitingEvent, WaitingEventFilter, WaitingEventList } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import type { ListQuery } from '../resources/page.js';
import {
  deadLetters,
  parkedEvents,
  type WaitingKind,
  type WaitingPlace,
} from '../system/waiting-events.js';
import { WaitingEventsService, type Deed } from '../system/waiting-events.service.js';
import { explicitFilter, numberOf, serviceOf } from '../system/waiting-filter.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers, AnswersPages, SelectsWaiting } from './documented.js';

const placeOf = (service: string, number: string): WaitingPlace => ({
  service: serviceOf(service),
  number: numberOf(number),
});
const done: Readonly<Record<Deed, string>> = { retry: 'tried again', drop: 'dropped' };

/** What people do with events that wait: the same for dead letters and for parked events. */
abstract class WaitingEventsController {
  protected abstract readonly what: WaitingKind;

  constructor(private readonly waiting: WaitingEventsService) {}

  @Get()
  @Needs('list', 'system/waitingevents')
  @AnswersPages(WaitingEventList)
  @SelectsWaiting()
  list(@Query() query: ListQuery): Promise<WaitingEventList> {
    return this.waiting.list(this.what, query);
  }

  @Get(':service/:number')
  @Needs('get', 'system/waitingevents')
  @Answers(WaitingEvent)
  read(@Param('service') service: string, @Param('number') number: string): Promise<WaitingEvent> {
    return this.waiting.read(this.what, placeOf(service, number));
  }

  @Post('retry')
  @Needs('update', 'system/waitingevents')
  @HttpCode(200)
  @ApiOkResponse({ type: Status })
  retryAll(@FromCaller() caller: Caller, @Body() filter: WaitingEventFilter): Promise<Status> {
    return this.all(caller, 'retry', filter);
  }

  @Post(':service/:number/retry')
  @Needs('update', 'system/waitingevents')
  @HttpCode(200)
  @Answers(Status)
  retry(
    @FromCaller() caller: Caller,
    @Param('service') service: string,
    @Param('number') number: string,
  ): Promise<Status> {
    return this.one(caller, 'retry', placeOf(service, number));
  }

  @Delete()
  @Needs('delete', 'system/waitingevents')
  @SelectsWaiting()
  @ApiQuery({ name: 'all', required: false, enum: ['true'], description: 'Really all of them.' })
  @ApiOkResponse({ type: Status })
  dropAll(@FromCaller() caller: Caller, @Query() filter: WaitingEventFilter): Promise<Status> {
    return this.all(caller, 'drop', filter);
  }

  @Delete(':service/:number')
  @Needs('delete', 'system/waitingevents')
  @Answers(Status)
  drop(
    @FromCaller() caller: Caller,
    @Param('service') service: string,
    @Param('number') number: string,
  ): Promise<Status> {
    return this.one(caller, 'drop', placeOf(service, number));
  }

  private async one(caller: Caller, deed: Deed, place: WaitingPlace): Promise<Status> {
    await this.waiting.one(caller, this.what, deed, place);
    return statusOf(200, 'OK', `event ${place.number} of ${place.service} is ${done[deed]}`);
  }

  private async all(caller: Caller, deed: Deed, asked: unknown): Promise<Status> {
    const count = await this.waiting.all(caller, this.what, deed, explicitFilter(asked));
    return statusOf(200, 'OK', `${count} events are ${done[deed]}`);
  }
}

@ApiTags('system')
@Controller('api/v1/system/dead-letters')
export class DeadLettersController extends WaitingEventsController {
  protected readonly what = deadLetters;

  constructor(waiting: WaitingEventsService) {
    super(waiting);
  }
}

@ApiTags('system')
@Controller('api/v1/system/parked')
export class ParkedController extends WaitingEventsController {
  protected readonly what = parkedEvents;

  constructor(waiting: WaitingEventsService) {
    super(waiting);
  }
}
