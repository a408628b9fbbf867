import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  devicesMatched,
  devicesSelected,
  deviceSpecUpdated,
  fleetDeleted,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  repositoryUsersWoken,
  secretUsersWoken,
  templateVersionCreated,
  type Deleted,
  type Delivered,
  type DeviceCreated,
  type DeviceLabelsUpdated,
  type DevicesMatched,
  type DevicesSelected,
  type DeviceSpecUpdated,
  type RepositoryCreated,
  type RepositorySpecUpdated,
  type RepositoryUsersWoken,
  type SecretUsersWoken,
  type TemplateVersionCreated,
} from '@skein/events';
import { Batch } from '@skein/task';
import { CachedContents } from './cached-contents.js';
import { RenderView } from './render.view.js';

/** The rows say what is to be rendered; the loops look there. */
@Controller()
export class RenderConsumer {
  constructor(
    private readonly view: RenderView,
    private readonly cached: CachedContents,
  ) {}

  @EventPattern<string>(deviceCreated.type)
  async deviceCreated(@Payload() events: Delivered<DeviceCreated>[], @Ctx() batch: Batch) {
    await this.view.foldCreated(batch.transaction, events);
  }

  /** Not rendered yet: the selector's answer to the new labels comes first. */
  @EventPattern<string>(deviceLabelsUpdated.type)
  async labelsUpdated(@Payload() events: Delivered<DeviceLabelsUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldLabels(batch.transaction, events);
  }

  @EventPattern<string>(deviceSpecUpdated.type)
  async specUpdated(@Payload() events: Delivered<DeviceSpecUpdated>[], @Ctx() batch: Batch) {
    await this.view.foldSpecs(batch.transaction, events);
  }

  @EventPattern<string>(deviceDeleted.type)
  async deviceDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.view.foldDeleted(batch.transaction, events);
  }

  @EventPattern<string>(devicesMatched.type)
  async devicesMatched(@Payload() events: Delivered<DevicesMatched>[], @Ctx() batch: Batch) {
    await this.view.foldMatched(batch.transaction, events);
  }

  @EventPattern<string>(devicesSelected.type)
  async devicesSelected(@Payload() events: Delivered<DevicesSelected>[], @Ctx() batch: Batch) {
    await this.view.foldSelected(batch.transaction, events);
  }

  @EventPattern<string>(templateVersionCreated.type)
  async templateVersionCreated(
    @Payload() events: Delivered<TemplateVersionCreated>[],
    @Ctx() batch: Batch,
  ) {
    await this.view.foldTemplateVersions(batch.transaction, events);
    await this.cached.markOlder(batch.transaction, events);
  }

  @EventPattern<string>(fleetDeleted.type)
  async fleetDeleted(@Payload() events: Delivered<Deleted>[], @Ctx() batch: Batch) {
    await this.cached.markFleets(batch.transaction, events);
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
    await this.cached.markRepositories(batch.transaction, events);
  }

  @EventPattern<string>(secretUsersWoken.type)
  async secretUsersWoken(@Payload() events: Delivered<SecretUsersWoken>[], @Ctx() batch: Batch) {
    await this.view.foldWoken(batch.transaction, events);
  }
}
