import { Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { waitForOutsideMs, Wants, type ClaimedWant } from '@skein/task';
import { DeviceContents, type Standalone } from './device-contents.js';
import { PendingDevices, type PendingDevice } from './pending-devices.js';
import { RenderConfig } from './render.config.js';
import { RenderedStore } from './rendered-store.js';
import { inWords, renderFor } from './rendering.js';

function isStandalone(device: PendingDevice): device is Standalone {
  return device.owner === null && device.spec !== null;
}

/** Renders one device whose own spec refers to something outside. */
@Injectable()
export class ContentsRenderer {
  private readonly wants = new Wants('render');

  constructor(
    private readonly postgres: Postgres,
    private readonly devices: PendingDevices,
    private readonly contents: DeviceContents,
    private readonly store: RenderedStore,
    private readonly config: RenderConfig,
  ) {}

  async render(want: ClaimedWant, signal: AbortSignal): Promise<void> {
    const [device] = await this.devices.load(this.postgres, want.org, [want.uid]);
    // One that joined a fleet meanwhile is wanted again when a rollout selects it.
    if (!device || !isStandalone(device)) return this.wants.done(this.postgres, [want]);
    const contents = await this.contents.of(device, signal);
    if ('waiting' in contents) return this.postpone(want, inWords(contents.waiting));
    const result =
      'problems' in contents
        ? { problem: inWords(contents.problems) }
        : renderFor(device, device.spec, contents.frozen);
    await this.store.save([{ device, template: null, result }], new Map([[want.uid, want]]));
  }

  private async postpone(want: ClaimedWant, reason: string): Promise<void> {
    const delayMs = waitForOutsideMs(want, this.config.retryBaseMs);
    await this.wants.postpone(this.postgres, want, { delayMs, reason });
  }
}
