import { Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { waitForOutsideMs, Wants, type ClaimedWant } from '@skein/task';
import { PendingDevices, type PendingDevice } from './pending-devices.js';
import { Readiness } from './readiness.js';
import { ReferenceAsker } from './reference-asker.js';
import { RenderConfig } from './render.config.js';
import { RenderedStore } from './rendered-store.js';

type WantsByDevice = ReadonlyMap<string, ClaimedWant>;

/** Renders devices that could not be rendered at once, or not together with others. */
@Injectable()
export class DeviceRenderer {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly devices: PendingDevices,
    private readonly readiness: Readiness,
    private readonly asker: ReferenceAsker,
    private readonly store: RenderedStore,
    private readonly config: RenderConfig,
  ) {}

  async render(claimed: readonly ClaimedWant[]): Promise<void> {
    for (const [org, wants] of Map.groupBy(claimed, (want) => want.org)) {
      await this.renderOf(org, new Map(wants.map((want) => [want.uid, want])));
    }
  }

  private async renderOf(org: string, wants: WantsByDevice): Promise<void> {
    const devices = await this.devices.load(this.postgres, org, [...wants.keys()]);
    const { ready, asking, absent } = await this.readiness.of(this.postgres, org, devices);
    await this.endOthers(devices, wants);
    await this.asker.handOver(org, asking, wants);
    await this.postpone(absent, wants);
    await this.store.save(org, ready, wants);
  }

  /** Of devices that have nothing to render any more. */
  private async endOthers(devices: readonly PendingDevice[], wants: WantsByDevice): Promise<void> {
    const pending = new Set(devices.map(({ device }) => device));
    const others = [...wants.values()].filter(({ uid }) => !pending.has(uid));
    if (others.length > 0) await this.wants.done(this.postgres, others);
  }

  private async postpone(devices: readonly PendingDevice[], wants: WantsByDevice): Promise<void> {
    for (const { device, target } of devices) {
      const want = wants.get(device)!;
      const delayMs = waitForOutsideMs(want, this.config.retryBaseMs);
      const reason = `template version ${target} has not arrived yet`;
      await this.wants.postpone(this.postgres, want, { delayMs, reason });
    }
  }
}
