import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  batchDispatched,
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  devicesConnectionChanged,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  deviceStatusReported,
  dispatchingSwitched,
  fleetCreated,
  fleetDeleted,
  fleetRolloutPolicyUpdated,
  fleetRolloutRequested,
  rolloutActionRequested,
  rolloutStarted,
  templateVersionCreated,
  type BatchDispatched,
  type Deleted,
  type Delivered,
  type DeviceCreated,
  type DeviceLabelsUpdated,
  type DevicesConnectionChanged,
  type DevicesFailed,
  type DevicesMatched,
  type DevicesRendered,
  type DeviceStatusReported,
  type DispatchingSwitched,
  type FleetCreated,
  type FleetRolloutPolicyUpdated,
  type FleetRolloutRequested,
  type RolloutActionRequested,
  type RolloutStarted,
  type TemplateVersionCreated,
} from '@skein/events';
import { Batch } from '@skein/task';
import { Requests } from './requests.js';
import { RolloutView } from './rollout.view.js';

/** Asks for a decision about every device that the events name. */
function wantMembers(
  batch: Batch,
  events: Delivered<{ readonly members: readonly { readonly device: string }[] }>[],
): void {
  for (const delivered of events) {
    const { members } = delivered.event.data;
    batch.wantEach(
      'device',
      delivered,
      members.map(({ device }) => device),
    );
  }
}

@Controller()
export class RolloutConsumer {
  constructor(
    private readonly view: RolloutView,
    private readonly requests: Requests,
  ) {}

  @EventPattern<string>(deviceCreated.type)
  async deviceCreated(@Payload() events: Delivered<DeviceCreated>[], @Ctx() batch: Batch) {
    await this.view.foldCreatedDevices(batch.transaction, events);
    batch.want('device', events);
  }

  /** Nothing is wanted: the device may belong to another fleet now, and selector's answer wakes us. */
  @EventPattern<string>(deviceLabelsUpdated.type)
  async labelsUpdated(@Payload() events: Delivered<DeviceLabelsUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldLabels(batch.transaction, events);
  }

  /** No device is wanted: a report changes no target. Its fleet is locked, and looked at after each batch. */
  @EventPattern<string>(deviceStatusReported.type)
  async statusReported(@Payload() events: Delivered<DeviceStatusReported>[], @Ctx() batch: Batch) {
    await this.view.foldReports(batch.transaction, events);
  }

  @EventPattern<string>(deviceDeleted.type)
  async deviceDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeletedDevices(batch.transaction, events);
    batch.want('device', events);
  }

  @EventPattern<string>(fleetCreated.type)
  async fleetCreated(@Payload() events: Delivered<FleetCreated>[], @Ctx() batch: Batch) {
    await this.view.foldCreatedFleets(batch.transaction, events);
    batch.want('fleet', events);
  }

  /** Nothing is wanted: a rollout keeps the policy that it started with. */
  @EventPattern<string>(fleetRolloutPolicyUpdated.type)
  async policyUpdated(
    @Payload() events: Delivered<FleetRolloutPolicyUpdated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldPolicies(batch.transaction, events);
  }

  @EventPattern<string>(fleetDeleted.type)
  async fleetDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeletedFleets(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetRolloutRequested.type)
  async rolloutRequested(
    @Payload() events: Delivered<FleetRolloutRequested>[],
    @Ctx() batch: Batch,
  ) {
    await this.requests.foldWanted(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(rolloutActionRequested.type)
  async actionRequested(
    @Payload() events: Delivered<RolloutActionRequested>[],
    @Ctx() batch: Batch,
  ) {
    await this.requests.foldActions(batch.transaction, events);
    batch.want('rollout', events);
  }

  /** Nothing is wanted: what was held up is taken up by the {@link SelectionLoop}. */
  @EventPattern<string>(dispatchingSwitched.type)
  async dispatchingSwitched(
    @Payload() events: Delivered<DispatchingSwitched>[],
    @Ctx() batch: Batch,
  ) {
    await this.requests.foldFreezes(batch.transaction, events);
  }

  /** Nothing is wanted: the next batch asks who is connected. */
  @EventPattern<string>(devicesConnectionChanged.type)
  async connectionChanged(
    @Payload() events: Delivered<DevicesConnectionChanged>[],
    @Ctx() batch: Batch,
  ) {
    await this.requests.foldConnections(batch.transaction, events);
  }

  @EventPattern<string>(devicesMatched.type)
  async devicesMatched(@Payload() events: Delivered<DevicesMatched>[], @Ctx() batch: Batch) {
    await this.view.foldMatches(batch.transaction, events);
    wantMembers(batch, events);
  }

  @EventPattern<string>(templateVersionCreated.type)
  async templateVersionCreated(
    @Payload() events: Delivered<TemplateVersionCreated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldTemplateVersions(batch.transaction, events);
    for (const delivered of events)
      batch.wantEach('fleet', delivered, [delivered.event.data.fleet]);
  }

  @EventPattern<string>(rolloutStarted.type)
  rolloutStarted(@Payload() events: Delivered<RolloutStarted>[], @Ctx() batch: Batch) {
    batch.want('rollout', events);
  }

  @EventPattern<string>(batchDispatched.type)
  batchDispatched(@Payload() events: Delivered<BatchDispatched>[], @Ctx() batch: Batch) {
    batch.want('rollout', events);
  }

  @EventPattern<string>(devicesRendered.type)
  async devicesRendered(@Payload() events: Delivered<DevicesRendered>[], @Ctx() batch: Batch) {
    await this.view.foldRendered(batch.transaction, events);
  }

  @EventPattern<string>(devicesFailed.type)
  async devicesFailed(@Payload() events: Delivered<DevicesFailed>[], @Ctx() batch: Batch) {
    await this.view.foldProblems(batch.transaction, events);
  }
}
