import { Injectable } from '@nestjs/common';
import { references } from '@skein/domain-template';
import { Postgres } from '@skein/postgres';
import { waitForOutsideMs, Wants, type ClaimedWant } from '@skein/task';
import { PendingDevices, type PendingDevice } from './pending-devices.js';
import { RenderConfig } from './render.config.js';
import { RenderedStore } from './rendered-store.js';
import { portionsOf, renderAll } from './rendering.js';
import { TemplateVersions, type TemplateVersion } from './template-versions.js';

export type Place = 'ready' | 'outside' | 'absent';

export function targetsOf(devices: readonly PendingDevice[]): Set<string> {
  const targets = devices.map(({ owner, target }) => (owner === null ? null : target));
  return new Set(targets.filter((target) => target !== null));
}

/** Where a device's content comes from: `outside` must be fetched first, `absent` has not arrived yet. */
export function placeOf(
  { owner, target, spec }: PendingDevice,
  templates: ReadonlyMap<string, TemplateVersion>,
): Place {
  if (owner !== null) return templates.has(target ?? '') ? 'ready' : 'absent';
  return references(spec ?? {}).length > 0 ? 'outside' : 'ready';
}

/** Renders devices that could not be rendered at once, or not together with others. */
@Injectable()
export class DeviceRenderer {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly devices: PendingDevices,
    private readonly templates: TemplateVersions,
    private readonly store: RenderedStore,
    private readonly config: RenderConfig,
  ) {}

  async render(claimed: readonly ClaimedWant[]): Promise<void> {
    for (const [org, wants] of Map.groupBy(claimed, (want) => want.org)) {
      await this.renderOf(org, new Map(wants.map((want) => [want.uid, want])));
    }
  }

  private async renderOf(org: string, wants: ReadonlyMap<string, ClaimedWant>): Promise<void> {
    const devices = await this.devices.load(this.postgres, org, [...wants.keys()]);
    const templates = await this.templates.load(org, targetsOf(devices));
    const places = Map.groupBy(devices, (device) => placeOf(device, templates));
    await this.endOthers(devices, wants);
    await this.handOver(places.get('outside') ?? [], wants);
    await this.postpone(places.get('absent') ?? [], wants);
    for (const portion of portionsOf(renderAll(places.get('ready') ?? [], templates))) {
      await this.store.save(portion, wants);
    }
  }

  /** Of devices that have nothing to render any more. */
  private async endOthers(
    devices: readonly PendingDevice[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    const pending = new Set(devices.map(({ device }) => device));
    const others = [...wants.values()].filter(({ uid }) => !pending.has(uid));
    if (others.length > 0) await this.wants.done(this.postgres, others);
  }

  /** What must be fetched is left to those who may wait for it. */
  private async handOver(
    devices: readonly PendingDevice[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    if (devices.length === 0) return;
    const handed = devices.map(({ device }) => wants.get(device)!);
    await this.postgres.transaction(async (transaction) => {
      await this.wants.put(
        transaction,
        handed.map((want) => ({ ...want, kind: 'contents' as const })),
      );
      await this.wants.done(transaction, handed);
    });
  }

  private async postpone(
    devices: readonly PendingDevice[],
    wants: ReadonlyMap<string, ClaimedWant>,
  ): Promise<void> {
    for (const { device, target } of devices) {
      const want = wants.get(device)!;
      const delayMs = waitForOutsideMs(want, this.config.retryBaseMs);
      const reason = `template version ${target} has not arrived yet`;
      await this.wants.postpone(this.postgres, want, { delayMs, reason });
    }
  }
}
