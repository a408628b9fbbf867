import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventList } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { EventsService } from '../resources/events/events.service.js';
import type { ListQuery } from '../resources/page.js';
import { Needs } from '../rights/needs.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { FromCaller } from './caller.decorator.js';
import { AnswersPages, SelectsEvents } from './documented.js';
import { answerWatch } from './event-stream.js';
import { FromWatch, Watched, type WatchAsked } from './watch-request.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly watches: WatchService,
  ) {}

  /** What happened; a page may be shorter than its limit, and even empty, as long as it says `continue`. */
  @Get()
  @Needs('list', 'events')
  @AnswersPages(EventList)
  @SelectsEvents()
  @Watched()
  async list(
    @FromCaller() caller: Caller,
    @Query() query: ListQuery,
    @FromWatch() watch: WatchAsked | undefined,
  ): Promise<EventList | StreamableFile> {
    if (!watch) return this.events.list(caller, query);
    const list = this.events.watched(caller, query);
    return answerWatch(watch.reply, await this.watches.open(list, watch));
  }
}
