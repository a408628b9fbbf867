import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventList } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { EventsService } from '../resources/events/events.service.js';
import type { ListQuery } from '../resources/page.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { AnswersPages, SelectsEvents } from './documented.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /** What happened; a page may be shorter than its limit, and even empty, as long as it says `continue`. */
  @Get()
  @Needs('list', 'events')
  @AnswersPages(EventList)
  @SelectsEvents()
  list(@FromCaller() caller: Caller, @Query() query: ListQuery): Promise<EventList> {
    return this.events.list(caller, query);
  }
}
