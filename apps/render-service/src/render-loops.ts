import { Inject, Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WantLoop, Wants } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { ContentsRenderer } from './contents-renderer.js';
import { DeviceRenderer } from './device-renderer.js';
import { RenderConfig } from './render.config.js';

const DEVICES_AT_ONCE = 500;

/** Two loops, so that what must be fetched first holds nothing else back. */
@Injectable()
export class RenderLoops {
  readonly devices: WantLoop;
  /** Several at once: a slow repository holds back only the devices that refer to it. */
  readonly contents: WantLoop;

  constructor(
    devices: DeviceRenderer,
    contents: ContentsRenderer,
    postgres: Postgres,
    { sourceConcurrency, retryBaseMs }: RenderConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const base = { wants: new Wants('render'), postgres, logger, retryBaseMs };
    this.contents = new WantLoop({
      ...base,
      name: "rendering of a device's own contents",
      kind: 'contents',
      limit: 1,
      lanes: sourceConcurrency,
      work: ([want], signal) => contents.render(want!, signal),
    });
    this.devices = new WantLoop({
      ...base,
      name: 'rendering of devices',
      kind: 'device',
      limit: DEVICES_AT_ONCE,
      lanes: 1,
      work: async (claimed) => {
        await devices.render(claimed);
        this.contents.wake();
      },
    });
  }

  start(): void {
    this.devices.start();
    this.contents.start();
  }

  wake(): void {
    this.devices.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([this.devices.stop(), this.contents.stop()]);
  }
}
