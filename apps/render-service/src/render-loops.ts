import { Inject, Injectable } from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WantLoop, Wants, WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { DeviceRenderer } from './device-renderer.js';
import { PendingRenderer } from './pending-renderer.js';
import { ReferenceFetcher } from './reference-fetcher.js';
import { RenderConfig } from './render.config.js';

const DEVICES_AT_ONCE = 500;
/** While one waits for PostgreSQL, the other one renders. */
const LANES = 2;
const POLL_MS = 500;

/** Loops of their own, so that what must be fetched first, or fails, holds nothing else back. */
@Injectable()
export class RenderLoops {
  private readonly pending: readonly WorkLoop[];
  readonly devices: WantLoop;
  /** Several at once: a slow repository holds back only the devices that wait for something of it. */
  readonly contents: WantLoop;

  constructor(
    private readonly renderer: PendingRenderer,
    devices: DeviceRenderer,
    fetcher: ReferenceFetcher,
    postgres: Postgres,
    { sourceConcurrency, retryBaseMs }: RenderConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    const base = { wants: new Wants('render'), postgres, logger, retryBaseMs };
    const work = () => this.once();
    const pending = { work, logger, idleMs: POLL_MS, name: 'rendering of pending devices' };
    this.pending = Array.from({ length: LANES }, () => new WorkLoop(pending));
    this.contents = new WantLoop({
      ...base,
      name: 'fetching of what devices wait for',
      kind: 'contents',
      limit: 1,
      lanes: sourceConcurrency,
      work: async ([want], signal) => {
        await fetcher.fetch(want!, signal);
        this.wake();
      },
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
        this.wake();
      },
    });
  }

  start(): void {
    for (const loop of this.all) loop.start();
  }

  wake(): void {
    for (const lane of this.pending) lane.wake();
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((loop) => loop.stop()));
  }

  /** Renders what is pending; what it leaves to the others is due at once. */
  async once(): Promise<number> {
    const { taken, left } = await this.renderer.once();
    if (left > 0) {
      this.devices.wake();
      this.contents.wake();
    }
    return taken;
  }

  private get all() {
    return [...this.pending, this.devices, this.contents];
  }
}
