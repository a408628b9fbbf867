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
import { Semaphore } from './semaphore.js';
import type { OnGone, Waiter } from './waiter.js';

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

/** Devices for which something is done at the same time: of a herd that is woken, few are in memory with all that it takes. */
const AT_ONCE = 128;

/** The documents that devices fetch. */
@Injectable()
export class RenderedService {
  private readonly rendered: NamedLookup<Rendered>;
  private readonly documents: Documents;
  private readonly turns = new Semaphore(AT_ONCE);

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
    let seen = await this.turns.run(() => this.look(caller, request));
    while ('uid' in seen) {
      const timeoutMs = deadline - Date.now();
      if (timeoutMs <= 0) return undefined;
      const { onGone } = request;
      const waiter = this.waiters.enter({ ...seen, org: caller.org, timeoutMs, onGone });
      void this.lookAgain(caller, request, waiter);
      if ((await waiter.outcome) === 'over') return undefined;
      seen = await this.turns.run(() => this.lookWithRight(caller, request));
    }
    return seen;
  }

  /** The document, if the device does not have it. Else what is kept while it waits, which is little. */
  private async look(caller: Caller, request: RenderedRequest): Promise<Device | Seen> {
    const rendered = await this.find(caller, request.name);
    const { uid, renderedVersion: known } = rendered;
    this.presence.note({ org: caller.org, uid });
    return isNew(rendered, request) ? this.present(caller.org, rendered) : { uid, known };
  }

  /** Rights may be gone since it waits. */
  private async lookWithRight(caller: Caller, request: RenderedRequest): Promise<Device | Seen> {
    await caller.renew?.();
    return this.look(caller, request);
  }

  /** Once it waits: what came in between, nobody would tell. */
  private async lookAgain(caller: Caller, request: RenderedRequest, waiter: Waiter): Promise<void> {
    try {
      const again = await this.turns.run(() => this.find(caller, request.name));
      if (again.uid !== waiter.uid || isNew(again, request)) waiter.end('changed');
    } catch (error) {
      waiter.fail(error);
    }
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
