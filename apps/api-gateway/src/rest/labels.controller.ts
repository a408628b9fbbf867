import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../resources/caller.js';
import { LabelsService } from '../resources/labels.service.js';
import type { ListQuery } from '../resources/page.js';
import { devices } from '../resources/selection/selectables.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Selects } from './documented.js';

@ApiTags('labels')
@Controller('api/v1/labels')
export class LabelsController {
  constructor(private readonly labels: LabelsService) {}

  /** The distinct labels of the devices that are selected, as `key=value`. */
  @Get()
  @Needs('list', 'labels')
  @ApiOkResponse({ type: [String] })
  @ApiQuery({ name: 'kind', enum: ['Device'] })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Labels at the most: 1,000 without it.',
  })
  @Selects(devices)
  list(@FromCaller() caller: Caller, @Query() query: ListQuery): Promise<string[]> {
    return this.labels.list(caller, query);
  }
}
