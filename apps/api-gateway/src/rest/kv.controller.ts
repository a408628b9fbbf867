import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { KvReportList } from '@skein/api';
import { KvService } from '../system/kv.service.js';
import { Needs } from '../rights/needs.js';

@ApiTags('system')
@Controller('api/v1/system/kv')
export class KvController {
  constructor(private readonly kv: KvService) {}

  /** How full the servers of streams and cache are, and what should be different about them. */
  @Get()
  @Needs('list', 'system/kv')
  @ApiOkResponse({ type: KvReportList })
  report(): Promise<KvReportList> {
    return this.kv.report();
  }
}
