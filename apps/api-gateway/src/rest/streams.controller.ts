import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { StreamReportList } from '@skein/api';
import { StreamsService } from '../system/streams.service.js';
import { Needs } from '../rights/needs.js';

@ApiTags('system')
@Controller('api/v1/system/streams')
export class StreamsController {
  constructor(private readonly streams: StreamsService) {}

  /** What waits where, since when, and who holds it up. */
  @Get()
  @Needs('list', 'system/streams')
  @ApiOkResponse({ type: StreamReportList })
  report(): Promise<StreamReportList> {
    return this.streams.report();
  }
}
