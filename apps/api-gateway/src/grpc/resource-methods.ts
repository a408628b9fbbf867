import { applyDecorators } from '@nestjs/common';
import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import type { Document } from '@skein/api';
import { WatchService } from '../resources/watch/watch.service.js';
import { Needs } from '../rights/needs.js';
import type { Verb } from '../rights/roles.js';
import { Call } from './call.js';
import {
  ResourceCalls,
  type MaskRequest,
  type NamedRequest,
  type Resource,
  type Resources,
  type ResourceType,
  type WriteDocument,
} from './resource-calls.js';

/** A method of the service of a kind, and the right that it needs. */
const methodOf =
  ({ kind, plural, resource }: Pick<ResourceType<never>, 'kind' | 'plural' | 'resource'>) =>
  (name: string, verb: Verb) =>
    applyDecorators(
      GrpcMethod(`${kind}Service`, `${name}${verb === 'list' ? plural : kind}`),
      Needs(verb, resource),
    );

/** The methods that each kind of resource has which clients write. */
export function resourceMethods<Kind extends Resource>(about: ResourceType<Kind>) {
  const method = methodOf(about);

  abstract class ResourceMethods {
    readonly calls: ResourceCalls<Kind>;

    constructor(resources: Resources<Kind>, watches: WatchService) {
      this.calls = new ResourceCalls(about, resources, watches);
    }

    @method('Get', 'get')
    get(@Payload() request: NamedRequest, @Ctx() call: Call) {
      return this.calls.get(request, call);
    }

    @method('List', 'list')
    list(@Payload() request: Document, @Ctx() call: Call) {
      return this.calls.list(request, call);
    }

    @method('Watch', 'list')
    watch(@Payload() request: Document, @Ctx() call: Call) {
      return this.calls.watch(request, call);
    }

    @method('Create', 'create')
    create(@Payload() request: WriteDocument, @Ctx() call: Call) {
      return this.calls.create(request, call);
    }

    @method('Replace', 'update')
    replace(@Payload() request: WriteDocument, @Ctx() call: Call) {
      return this.calls.replace(request, call);
    }

    @method('Update', 'patch')
    update(@Payload() request: MaskRequest, @Ctx() call: Call) {
      return this.calls.update(request, call);
    }

    @method('Delete', 'delete')
    delete(@Payload() request: NamedRequest, @Ctx() call: Call) {
      return this.calls.delete(request, call);
    }
  }
  return ResourceMethods;
}
