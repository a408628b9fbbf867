import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  fleetCreated,
  fleetDeleted,
  fleetSelectorUpdated,
  type Deleted,
  type Delivered,
  type DeviceCreated,
  type DeviceLabelsUpdated,
  type FleetCreated,
  type FleetSelectorUpdated,
} from '@skein/events';
import { Batch } from '@skein/task';
import { SelectorView } from './selector.view.js';

@Controller()
export class SelectorConsumer {
  constructor(private readonly view: SelectorView) {}

  @EventPattern<string>(deviceCreated.type)
  async deviceCreated(@Payload() events: Delivered<DeviceCreated>[], @Ctx() batch: Batch) {
    await this.view.foldLabels(batch.transaction, events);
    batch.want('device', events);
  }

  @EventPattern<string>(deviceLabelsUpdated.type)
  async labelsUpdated(@Payload() events: Delivered<DeviceLabelsUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldLabels(batch.transaction, events);
    batch.want('device', events);
  }

  @EventPattern<string>(deviceDeleted.type)
  async deviceDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeletedDevices(batch.transaction, events);
  }

  @EventPattern<string>(fleetCreated.type)
  async fleetCreated(@Payload() events: Delivered<FleetCreated>[], @Ctx() batch: Batch) {
    await this.view.foldFleets(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetSelectorUpdated.type)
  async selectorUpdated(@Payload() events: Delivered<FleetSelectorUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldSelectors(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetDeleted.type)
  async fleetDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeletedFleets(batch.transaction, events);
    batch.want('fleet', events);
  }
}
