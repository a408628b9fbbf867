import { Injectable } from '@nestjs/common';
import { API_VERSION, type Device, type DeviceSpec } from '@skein/api';
import { BlobStore } from '@skein/blobs';
import { GatewayConfig } from '../gateway.config.js';
import { requireSelf, type Caller } from './caller.js';
import { RENDERED_VERSION } from './device-reader.js';
import { Documents } from './documents.js';
import { NamedLookup } from './named-lookup.js';
import { OrganisationDatabases } from './organisation-database.js';
import { Presence } from './presence.js';
import { RefusedRequest } from './refused-request.js';
import { RenderedWaiters } from './rendered-waiters.js';
import type { OnGone, Outcome } from './waiter.js';

interface Rendered {
  readonly uid: string;
  readonly name: string;
  readonly renderedVersion: number;
  readonly digest: string | null;
  readonly size: number | null;
}

const RENDERED = `
select r.uid, r.name, v.rendered_version as "renderedVersion", v.rendered_digest as digest,
  (select size from blobs.contents b where b.org = r.org and b.digest = v.rendered_digest) as size
from gateway.devices r join gateway.device_views v on v.org = r.org and v.uid = r.uid
where r.org = k.org and r.name = k.name`;

export interface RenderedRequest {
  readonly name: string;
  /** The version that the device has. */
  readonly known: string | undefined;
  readonly onGone: OnGone;
}

interface Seen {
  readonly uid: string;
  /** The rendered version that there is. */
  readonly known: number;
}

const isNew = ({ renderedVersion }: Rendered, { known }: RenderedRequest): boolean =>
  renderedVersion > 0 && String(renderedVersion) !== known;

/** The documents that devices fetch. */
@Injectable()
export class RenderedService {
  private readonly rendered: NamedLookup<Rendered>;
  private readonly documents: Documents;

  constructor(
    organisations: OrganisationDatabases,
    blobs: BlobStore,
    private readonly waiters: RenderedWaiters,
    private readonly presence: Presence,
    private readonly config: GatewayConfig,
  ) {
    this.rendered = new NamedLookup(organisations, RENDERED);
    this.documents = new Documents(blobs, organisations);
  }

  /** Waits until there is a document that the device does not have; undefined when none came in time. */
  async next(caller: Caller, request: RenderedRequest): Promise<Device | undefined> {
    const deadline = Date.now() + this.config.longPollMs;
    for (;;) {
      const seen = await this.look(caller, request);
      if (!('uid' in seen)) return seen;
      const timeoutMs = deadline - Date.now();
      if (timeoutMs <= 0) return undefined;
      if ((await this.change(caller, request, { ...seen, timeoutMs })) === 'over') return undefined;
      await caller.renew?.();
    }
  }

  /** The document, if the device does not have it. Else what is kept while it waits, which is little. */
  private async look(caller: Caller, request: RenderedRequest): Promise<Device | Seen> {
    const rendered = await this.find(caller, request.name);
    const { uid, renderedVersion: known } = rendered;
    this.presence.note({ org: caller.org, uid });
    return isNew(rendered, request) ? this.present(caller.org, rendered) : { uid, known };
  }

  /** Waits until something is new. It is looked again once it waits: what came in between, nobody would tell. */
  private change(
    caller: Caller,
    request: RenderedRequest,
    { uid, known, timeoutMs }: Seen & { readonly timeoutMs: number },
  ): Promise<Outcome> {
    const { onGone, name } = request;
    return this.waiters.wait({ org: caller.org, uid, known, timeoutMs, onGone }, async () => {
      const again = await this.find(caller, name);
      return again.uid !== uid || isNew(again, request);
    });
  }

  private async find(caller: Caller, name: string): Promise<Rendered> {
    const found = await this.rendered.find(caller.org, name);
    requireSelf(caller, found?.uid);
    if (!found) throw RefusedRequest.notFound('Device', name);
    return found;
  }

  private async present(org: string, rendered: Rendered): Promise<Device> {
    const { name, renderedVersion, digest, size } = rendered;
    const content = await this.documents.get(org, { digest: digest ?? '', size: size ?? 0 });
    if (!content) throw new Error(`the document ${digest} of device ${name} is not in the blobs`);
    return {
      apiVersion: API_VERSION,
      kind: 'Device',
      metadata: { name, annotations: { [RENDERED_VERSION]: String(renderedVersion) } },
      spec: JSON.parse(content.toString()) as DeviceSpec,
    };
  }
}
