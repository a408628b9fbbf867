import type { Device, Document, Fleet, Repository } from '@skein/api';
import type { Caller } from '../resources/caller.js';
import { check } from '../resources/check.js';
import { entityTag } from '../resources/entity-tag.js';
import type { Saved } from '../resources/kind-rules.js';
import type { ListQuery } from '../resources/page.js';
import type { Patch } from '../resources/patch/patched.js';
import type { WatchedList } from '../resources/watch/watched-list.js';
import type { WatchService } from '../resources/watch/watch.service.js';
import type { WriteRequest } from '../resources/write-request.js';
import type { Call } from './call.js';
import { fittingPage } from './fitting-page.js';
import { watch } from './watch.js';
import { maskedBy, nameIn, queryOf, resourceIn, writerOf, type WriteOptions } from './request.js';

export type Resource = Device | Fleet | Repository;

/** A kind of resource that clients write. */
export interface ResourceType<Kind extends Resource> {
  readonly type: new () => Kind;
  readonly kind: string;
  readonly plural: string;
  /** As rights name it. */
  readonly resource: 'devices' | 'fleets' | 'repositories';
}

/** What the services of these kinds have in common. */
export interface Resources<Kind extends Resource> {
  read(caller: Caller, name: string, query: ListQuery): Promise<Kind>;
  list(caller: Caller, query: ListQuery): Promise<{ readonly items: readonly Kind[] }>;
  watched(caller: Caller, query: ListQuery): WatchedList;
  create(caller: WriteRequest, body: Kind): Promise<Kind>;
  replace(caller: WriteRequest, name: string, body: Kind): Promise<Saved<Kind>>;
  patch(caller: WriteRequest, name: string, patch: Patch): Promise<Kind>;
  delete(caller: WriteRequest, name: string): Promise<void>;
}

export type NamedRequest = Document & WriteOptions & { readonly name: string };
export type WriteDocument = Document & WriteOptions;
export type MaskRequest = WriteDocument & { readonly updateMask?: readonly string[] };

/** The calls that each such kind has: requests are read here, and what they mean is said by the services. */
export class ResourceCalls<Kind extends Resource> {
  /** Where requests and answers have the resource. */
  private readonly member: string;

  constructor(
    private readonly about: ResourceType<Kind>,
    private readonly resources: Resources<Kind>,
    private readonly watches: WatchService,
  ) {
    this.member = about.kind.toLowerCase();
  }

  async get({ name, ...query }: NamedRequest, { caller }: Call) {
    return this.shown(await this.resources.read(caller, name, queryOf(query)));
  }

  list(request: Document, call: Call) {
    const list = (query: ListQuery) => this.resources.list(call.caller, query);
    return fittingPage(call, list, queryOf(request));
  }

  watch(request: Document, call: Call) {
    const { member } = this;
    const listOf = (query: ListQuery) => this.resources.watched(call.caller, query);
    return watch(call, this.watches, { member, listOf }, queryOf(request));
  }

  async create(request: WriteDocument, call: Call) {
    const body = check(this.about.type, this.documentIn(request));
    return this.shown(await this.resources.create(writerOf(call, request), body), request);
  }

  async replace(request: WriteDocument, call: Call) {
    const document = this.documentIn(request);
    const [name, body] = [nameIn(document), check(this.about.type, document)];
    const saved = await this.resources.replace(writerOf(call, request), name, body);
    return { ...this.shown(saved.resource, request), created: saved.created };
  }

  async update(request: MaskRequest, call: Call) {
    const document = this.documentIn(request);
    const body = maskedBy(call, request, this.member, document);
    const patch = { language: 'field-mask', body } as const;
    const name = nameIn(document);
    return this.shown(await this.resources.patch(writerOf(call, request), name, patch), request);
  }

  async delete({ name, ...options }: NamedRequest, call: Call) {
    await this.resources.delete(writerOf(call, options), name);
    return {};
  }

  private documentIn(request: Document): Document {
    return resourceIn(request, this.member, this.about.kind);
  }

  /** What was only rehearsed is nowhere, and has no tag. */
  private shown(resource: Kind, { dryRun = false }: WriteOptions = {}) {
    return { [this.member]: resource, ...(!dryRun && { etag: entityTag(resource) }) };
  }
}
