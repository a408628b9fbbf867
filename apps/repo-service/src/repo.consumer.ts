import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  deviceCreated,
  deviceDeleted,
  deviceSpecUpdated,
  fleetCreated,
  fleetDeleted,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryDeleted,
  repositoryPushReported,
  repositorySpecUpdated,
  type Deleted,
  type Delivered,
  type DeviceCreated,
  type DeviceSpecUpdated,
  type FleetCreated,
  type FleetTemplateUpdated,
  type RepositoryCreated,
  type RepositoryPushReported,
  type RepositorySpecUpdated,
} from '@skein/events';
import { Batch } from '@skein/task';
import { RepoView } from './repo.view.js';
import { usersOfSpecs, usersOfTemplates, withoutUses } from './uses.js';

@Controller()
export class RepoConsumer {
  constructor(private readonly view: RepoView) {}

  @EventPattern<string>(repositoryCreated.type)
  async repositoryCreated(@Payload() events: Delivered<RepositoryCreated>[], @Ctx() batch: Batch) {
    await this.view.foldRepositories(batch.transaction, events);
    batch.want('repository', events);
  }

  @EventPattern<string>(repositorySpecUpdated.type)
  async repositoryUpdated(
    @Payload() events: Delivered<RepositorySpecUpdated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldRepositories(batch.transaction, events);
    batch.want('repository', events);
  }

  @EventPattern<string>(repositoryPushReported.type)
  pushReported(@Payload() events: Delivered<RepositoryPushReported>[], @Ctx() batch: Batch) {
    batch.want('repository', events);
  }

  @EventPattern<string>(repositoryDeleted.type)
  async repositoryDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeletedRepositories(batch.transaction, events);
  }

  @EventPattern<string>(fleetCreated.type)
  async fleetCreated(@Payload() events: Delivered<FleetCreated>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, usersOfTemplates(events));
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetTemplateUpdated.type)
  async templateUpdated(@Payload() events: Delivered<FleetTemplateUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, usersOfTemplates(events));
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetDeleted.type)
  async fleetDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, withoutUses('fleet', events));
  }

  @EventPattern<string>(deviceCreated.type)
  async deviceCreated(@Payload() events: Delivered<DeviceCreated>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, usersOfSpecs(events));
    batch.want('device', events);
  }

  @EventPattern<string>(deviceSpecUpdated.type)
  async deviceUpdated(@Payload() events: Delivered<DeviceSpecUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, usersOfSpecs(events));
    batch.want('device', events);
  }

  @EventPattern<string>(deviceDeleted.type)
  async deviceDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldUses(batch.transaction, withoutUses('device', events));
  }
}
