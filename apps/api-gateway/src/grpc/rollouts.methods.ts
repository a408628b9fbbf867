import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import { DispatchingRequest, Fleet, RolloutActionRequest, RolloutRequest } from '@skein/api';
import type { Document } from '@skein/api';
import type { RolloutAction } from '@skein/events';
import { check, read } from '../resources/check.js';
import { DispatchingService } from '../resources/dispatching.service.js';
import type { ListQuery } from '../resources/page.js';
import { RolloutDryRunService } from '../resources/rollout-dry-run.service.js';
import { RolloutRequestsService } from '../resources/rollout-requests.service.js';
import { RolloutsService } from '../resources/rollouts.service.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';
import { fittingPage } from './fitting-page.js';
import { queryOf, resourceIn } from './request.js';

type Named = Document & { readonly name: string };
type OfFleet = Document & { readonly fleet: string };

@Controller()
export class RolloutMethods {
  constructor(
    private readonly rollouts: RolloutsService,
    private readonly requests: RolloutRequestsService,
    private readonly dryRuns: RolloutDryRunService,
    private readonly dispatching: DispatchingService,
  ) {}

  @GrpcMethod('RolloutService', 'GetRollout')
  @Needs('get', 'rollouts')
  async get(@Payload() { name }: Named, @Ctx() { caller }: Call) {
    return { rollout: await this.rollouts.read(caller, name) };
  }

  @GrpcMethod('RolloutService', 'ListRollouts')
  @Needs('list', 'rollouts')
  list(@Payload() request: Document, @Ctx() call: Call) {
    const list = (query: ListQuery) => this.rollouts.list(call.caller, query);
    return fittingPage(call, list, queryOf(request));
  }

  @GrpcMethod('RolloutService', 'ListRolloutDevices')
  @Needs('get', 'rollouts')
  listDevices(@Payload() { name, ...request }: Named, @Ctx() call: Call) {
    const list = (query: ListQuery) => this.rollouts.devices(call.caller, name, query);
    return fittingPage(call, list, queryOf(request));
  }

  @GrpcMethod('RolloutService', 'StartRollout')
  @Needs('create', 'rollouts')
  async start(@Payload() { fleet, ...said }: OfFleet, @Ctx() { caller }: Call) {
    await this.requests.start(caller, fleet, read(RolloutRequest, said));
    return {};
  }

  @GrpcMethod('RolloutService', 'PauseRollout')
  @Needs('update', 'rollouts')
  pause(@Payload() request: Named, @Ctx() call: Call) {
    return this.act(call, 'pause', request);
  }

  @GrpcMethod('RolloutService', 'ResumeRollout')
  @Needs('update', 'rollouts')
  resume(@Payload() request: Named, @Ctx() call: Call) {
    return this.act(call, 'resume', request);
  }

  @GrpcMethod('RolloutService', 'ApproveRollout')
  @Needs('update', 'rollouts')
  approve(@Payload() request: Named, @Ctx() call: Call) {
    return this.act(call, 'approve', request);
  }

  @GrpcMethod('RolloutService', 'AbortRollout')
  @Needs('update', 'rollouts')
  abort(@Payload() request: Named, @Ctx() call: Call) {
    return this.act(call, 'abort', request);
  }

  @GrpcMethod('RolloutService', 'RetryRollout')
  @Needs('update', 'rollouts')
  retry(@Payload() request: Named, @Ctx() call: Call) {
    return this.act(call, 'retry', request);
  }

  @GrpcMethod('RolloutService', 'DryRunRollout')
  @Needs('get', 'rollouts')
  dryRun(@Payload() { name, fleet, ...request }: Named, @Ctx() { caller }: Call) {
    const body = fleet && check(Fleet, resourceIn({ fleet }, 'fleet', 'Fleet'));
    return this.dryRuns.run(caller, name, queryOf(request), body as Fleet | undefined);
  }

  @GrpcMethod('RolloutService', 'GetDispatching')
  @Needs('get', 'dispatching')
  async getDispatching(@Payload() _request: Document, @Ctx() { caller }: Call) {
    return { dispatching: await this.dispatching.read(caller) };
  }

  @GrpcMethod('RolloutService', 'SetDispatching')
  @Needs('update', 'dispatching')
  async setDispatching(@Payload() request: Document, @Ctx() { caller }: Call) {
    return { dispatching: await this.dispatching.set(caller, read(DispatchingRequest, request)) };
  }

  private async act({ caller }: Call, action: RolloutAction, { name, ...said }: Named) {
    await this.requests.act(caller, name, action, read(RolloutActionRequest, said));
    return {};
  }
}
