import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  batchDispatched,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  fleetValidated,
  repositoryAccessChecked,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
  templateVersionCreated,
  type Delivered,
  type DevicesFailed,
  type DevicesMatched,
  type DevicesRendered,
  type DevicesSelected,
  type FleetValidated,
  type RepositoryAccessChecked,
  type TemplateVersionCreated,
} from '@skein/events';
import { Batch } from '@skein/task';
import { GatewayView, type RolloutEvent } from './gateway.view.js';

@Controller()
export class GatewayConsumer {
  constructor(private readonly view: GatewayView) {}

  @EventPattern<string>(devicesMatched.type)
  async devicesMatched(@Payload() events: Delivered<DevicesMatched>[], @Ctx() batch: Batch) {
    await this.view.foldOwners(batch.transaction, events);
  }

  @EventPattern<string>(templateVersionCreated.type)
  async templateVersionCreated(
    @Payload() events: Delivered<TemplateVersionCreated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldTemplateVersions(batch.transaction, events);
  }

  @EventPattern<string>(fleetValidated.type)
  async fleetValidated(@Payload() events: Delivered<FleetValidated>[], @Ctx() batch: Batch) {
    await this.view.foldValidity(batch.transaction, events);
  }

  @EventPattern<string>(repositoryAccessChecked.type)
  async accessChecked(
    @Payload() events: Delivered<RepositoryAccessChecked>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldAccess(batch.transaction, events);
  }

  @EventPattern<string>(rolloutStarted.type)
  async rolloutStarted(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Active');
  }

  @EventPattern<string>(batchDispatched.type)
  async batchDispatched(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Active');
  }

  @EventPattern<string>(rolloutWaiting.type)
  async rolloutWaiting(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Waiting');
  }

  @EventPattern<string>(rolloutStopped.type)
  async rolloutStopped(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Suspended');
  }

  @EventPattern<string>(rolloutSuperseded.type)
  async rolloutSuperseded(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Inactive');
  }

  @EventPattern<string>(rolloutCompleted.type)
  async rolloutCompleted(@Payload() events: Delivered<RolloutEvent>[], @Ctx() batch: Batch) {
    await this.view.foldRollouts(batch.transaction, events, 'Inactive');
  }

  @EventPattern<string>(devicesSelected.type)
  async devicesSelected(@Payload() events: Delivered<DevicesSelected>[], @Ctx() batch: Batch) {
    await this.view.foldTargets(batch.transaction, events);
  }

  @EventPattern<string>(devicesRendered.type)
  async devicesRendered(@Payload() events: Delivered<DevicesRendered>[], @Ctx() batch: Batch) {
    await this.view.foldRendered(batch, events);
  }

  @EventPattern<string>(devicesFailed.type)
  async devicesFailed(@Payload() events: Delivered<DevicesFailed>[], @Ctx() batch: Batch) {
    await this.view.foldFailures(batch.transaction, events);
  }
}
