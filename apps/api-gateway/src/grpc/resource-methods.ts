import { Ctx, GrpcMethod, Payload } from '@nestjs/microservices';
import type { Document } from '@skein/api';
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

/** The methods that each kind of resource has which clients write. */
export function resourceMethods<Kind extends Resource>(about: ResourceType<Kind>) {
  const method = (verb: string, name = about.kind) =>
    GrpcMethod(`${about.kind}Service`, `${verb}${name}`);

  abstract class ResourceMethods {
    readonly calls: ResourceCalls<Kind>;

    constructor(resources: Resources<Kind>) {
      this.calls = new ResourceCalls(about, resources);
    }

    @method('Get')
    get(@Payload() request: NamedRequest, @Ctx() call: Call) {
      return this.calls.get(request, call);
    }

    @method('List', about.plural)
    list(@Payload() request: Document, @Ctx() call: Call) {
      return this.calls.list(request, call);
    }

    @method('Create')
    create(@Payload() request: WriteDocument, @Ctx() call: Call) {
      return this.calls.create(request, call);
    }

    @method('Replace')
    replace(@Payload() request: WriteDocument, @Ctx() call: Call) {
      return this.calls.replace(request, call);
    }

    @method('Update')
    update(@Payload() request: MaskRequest, @Ctx() call: Call) {
      return this.calls.update(request, call);
    }

    @method('Delete')
    delete(@Payload() request: NamedRequest, @Ctx() call: Call) {
      return this.calls.delete(request, call);
    }
  }
  return ResourceMethods;
}
