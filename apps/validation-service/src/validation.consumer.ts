import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  fleetCreated,
  fleetDeleted,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  repositoryUsersWoken,
  secretUsersWoken,
  type Deleted,
  type Delivered,
  type FleetCreated,
  type FleetTemplateUpdated,
  type RepositoryCreated,
  type RepositorySpecUpdated,
  type RepositoryUsersWoken,
  type SecretUsersWoken,
} from '@skein/events';
import { Batch } from '@skein/task';
import { ValidationView } from './validation.view.js';

@Controller()
export class ValidationConsumer {
  constructor(private readonly view: ValidationView) {}

  @EventPattern<string>(fleetCreated.type)
  async fleetCreated(@Payload() events: Delivered<FleetCreated>[], @Ctx() batch: Batch) {
    await this.view.foldTemplates(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetTemplateUpdated.type)
  async templateUpdated(@Payload() events: Delivered<FleetTemplateUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldTemplates(batch.transaction, events);
    batch.want('fleet', events);
  }

  @EventPattern<string>(fleetDeleted.type)
  async fleetDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeleted(batch.transaction, events);
  }

  @EventPattern<string>(repositoryCreated.type)
  async repositoryCreated(@Payload() events: Delivered<RepositoryCreated>[], @Ctx() batch: Batch) {
    await this.view.repositories.fold(batch.transaction, events);
  }

  @EventPattern<string>(repositorySpecUpdated.type)
  async repositoryUpdated(
    @Payload() events: Delivered<RepositorySpecUpdated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.repositories.fold(batch.transaction, events);
  }

  @EventPattern<string>(repositoryDeleted.type)
  async repositoryDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.repositories.foldDeleted(batch.transaction, events);
  }

  @EventPattern<string>(repositoryUsersWoken.type)
  async usersWoken(@Payload() events: Delivered<RepositoryUsersWoken>[], @Ctx() batch: Batch) {
    await this.view.foldWoken(batch.transaction, events);
    for (const delivered of events) {
      batch.wantEach('fleet', delivered, delivered.event.data.fleets);
    }
  }

  @EventPattern<string>(secretUsersWoken.type)
  async secretUsersWoken(@Payload() events: Delivered<SecretUsersWoken>[], @Ctx() batch: Batch) {
    await this.view.foldWoken(batch.transaction, events);
    for (const delivered of events) {
      batch.wantEach('fleet', delivered, delivered.event.data.fleets);
    }
  }
}
