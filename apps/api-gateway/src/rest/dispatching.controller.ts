import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Dispatching, DispatchingRequest } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { read } from '../resources/check.js';
import { DispatchingService } from '../resources/dispatching.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers } from './documented.js';

/** The one switch that stops all rollouts of the organisation. */
@ApiTags('rollouts')
@Controller('api/v1/dispatching')
export class DispatchingController {
  constructor(private readonly dispatching: DispatchingService) {}

  @Get()
  @Needs('get', 'dispatching')
  @Answers(Dispatching)
  read(@FromCaller() caller: Caller): Promise<Dispatching> {
    return this.dispatching.read(caller);
  }

  @Put()
  @Needs('update', 'dispatching')
  @ApiBody({ type: DispatchingRequest })
  @Answers(Dispatching)
  set(@FromCaller() caller: Caller, @Body() body: unknown): Promise<Dispatching> {
    return this.dispatching.set(caller, read(DispatchingRequest, body));
  }
}
