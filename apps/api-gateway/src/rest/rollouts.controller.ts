import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConflictResponse,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import {
  Fleet,
  Rollout,
  RolloutActionRequest,
  RolloutDeviceList,
  RolloutDryRun,
  RolloutList,
  RolloutRequest,
  Status,
  statusOf,
} from '@skein/api';
import type { RolloutAction } from '@skein/events';
import type { Caller } from '../resources/caller.js';
import { check, read } from '../resources/check.js';
import type { ListQuery } from '../resources/page.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { RolloutDryRunService } from '../resources/rollout-dry-run.service.js';
import { RolloutRequestsService } from '../resources/rollout-requests.service.js';
import { RolloutsService } from '../resources/rollouts.service.js';
import { Needs } from '../rights/needs.js';
import { FromCaller } from './caller.decorator.js';
import { Answers, AnswersPages } from './documented.js';

/** What is done, as a person is told. */
const accepted: Readonly<Record<RolloutAction, string>> = {
  pause: 'is to be paused',
  resume: 'is to go on',
  approve: 'has the approval',
  abort: 'is to be aborted',
  retry: 'is to select its failed devices again',
};

function actionOf(text: string): RolloutAction {
  if (Object.hasOwn(accepted, text)) return text as RolloutAction;
  const known = Object.keys(accepted).join(', ');
  throw new RefusedRequest('not-found', `${text} is nothing that a rollout does: ${known}`);
}

@ApiTags('rollouts')
@Controller('api/v1/rollouts')
export class RolloutsController {
  constructor(
    private readonly rollouts: RolloutsService,
    private readonly requests: RolloutRequestsService,
  ) {}

  @Get()
  @Needs('list', 'rollouts')
  @AnswersPages(RolloutList)
  @ApiQuery({ name: 'fleet', required: false, description: 'Only rollouts of this fleet.' })
  list(@FromCaller() caller: Caller, @Query() query: ListQuery): Promise<RolloutList> {
    return this.rollouts.list(caller, query);
  }

  @Get(':uid')
  @Needs('get', 'rollouts')
  @Answers(Rollout)
  read(@FromCaller() caller: Caller, @Param('uid') uid: string): Promise<Rollout> {
    return this.rollouts.read(caller, uid);
  }

  @Get(':uid/devices')
  @Needs('get', 'rollouts')
  @AnswersPages(RolloutDeviceList)
  @ApiQuery({ name: 'outcome', required: false, enum: ['held', 'waiting', 'updated', 'failed'] })
  devices(
    @FromCaller() caller: Caller,
    @Param('uid') uid: string,
    @Query() query: ListQuery,
  ): Promise<RolloutDeviceList> {
    return this.rollouts.devices(caller, uid, query);
  }

  /** Pause, resume, approve, abort, retry. */
  @Post(':uid/:action')
  @Needs('update', 'rollouts')
  @HttpCode(202)
  @ApiBody({ type: RolloutActionRequest, required: false })
  @ApiAcceptedResponse({ type: Status })
  @ApiConflictResponse({ type: Status })
  async act(
    @FromCaller() caller: Caller,
    @Param('uid') uid: string,
    @Param('action') text: string,
    @Body() body: unknown,
  ): Promise<Status> {
    const action = actionOf(text);
    await this.requests.act(caller, uid, action, read(RolloutActionRequest, body));
    return statusOf(202, 'Accepted', `Rollout ${uid} ${accepted[action]}`);
  }
}

@ApiTags('rollouts')
@Controller('api/v1/fleets/:name/rollouts')
export class FleetRolloutsController {
  constructor(
    private readonly rollouts: RolloutsService,
    private readonly requests: RolloutRequestsService,
    private readonly dryRuns: RolloutDryRunService,
  ) {}

  @Get()
  @Needs('list', 'rollouts')
  @AnswersPages(RolloutList)
  list(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Query() query: ListQuery,
  ): Promise<RolloutList> {
    return this.rollouts.list(caller, query, name);
  }

  /** Rolls the newest template version out again, or an earlier one, which stays until the template changes. */
  @Post()
  @Needs('create', 'rollouts')
  @HttpCode(202)
  @ApiBody({ type: RolloutRequest, required: false })
  @ApiAcceptedResponse({ type: Status })
  @ApiConflictResponse({ type: Status })
  async start(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<Status> {
    await this.requests.start(caller, name, read(RolloutRequest, body));
    return statusOf(202, 'Accepted', `Fleet ${name} is to have a new rollout`);
  }

  /** What a rollout would do now: of the fleet as it is, or as the body has it. Nothing is written. */
  @Post('dry-run')
  @Needs('get', 'rollouts')
  @HttpCode(200)
  @ApiBody({ type: Fleet, required: false })
  @ApiQuery({ name: 'limit', required: false, description: 'Names of devices in each batch.' })
  @Answers(RolloutDryRun)
  dryRun(
    @FromCaller() caller: Caller,
    @Param('name') name: string,
    @Query() query: ListQuery,
    @Body() body: unknown,
  ): Promise<RolloutDryRun> {
    const fleet = body === undefined || body === null ? undefined : check(Fleet, body);
    return this.dryRuns.run(caller, name, query, fleet);
  }
}
