import { Controller } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import { Repository, RepositoryWebhook, type Document } from '@skein/api';
import { read } from '../resources/check.js';
import { RepositoriesService } from '../resources/repositories.service.js';
import { RepositoryWebhooksService } from '../resources/repository-webhooks.service.js';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import { Call } from './call.js';
import { resourceMethods } from './resource-methods.js';

type Named = Document & { readonly name: string };
const REPOSITORIES = {
  type: Repository,
  kind: 'Repository',
  plural: 'Repositories',
  resource: 'repositories',
} as const;

@Controller()
export class RepositoryMethods extends resourceMethods(REPOSITORIES) {
  constructor(
    repositories: RepositoriesService,
    watches: WatchService,
    private readonly webhooks: RepositoryWebhooksService,
  ) {
    super(repositories, watches);
  }

  @GrpcMethod('RepositoryService', 'SetRepositoryWebhook')
  @Needs('update', 'repositories/webhook')
  async setWebhook(@Payload() { name, ...said }: Named, @Ctx() { caller }: Call) {
    await this.webhooks.set(caller, name, read(RepositoryWebhook, said).secret);
    return {};
  }

  @GrpcMethod('RepositoryService', 'RemoveRepositoryWebhook')
  @Needs('delete', 'repositories/webhook')
  async removeWebhook(@Payload() { name }: Named, @Ctx() { caller }: Call) {
    await this.webhooks.remove(caller, name);
    return {};
  }
}
