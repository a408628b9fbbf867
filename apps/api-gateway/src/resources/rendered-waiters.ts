import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { LOGGER, meter, type Logger } from '@skein/telemetry';
import { Waiter, type DeviceKey, type Waiting } from './waiter.js';
import { ChangeFeed, type Listener } from './watch/change-feed.js';
import type { Step } from './watch/log-tail.js';

/** How often it is looked for what nobody told. */
const LOOK_MS = 30_000;
/** A device waits once; of requests whose clients are gone, unheard, and of a copy of it, a few more may be here. */
const OF_ONE_DEVICE = 4;
/** Devices that are looked for in one statement. */
const AT_ONCE = 5_000;

const CHANGED = `
select w.org, w.uid
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as w (org, uid, known)
left join gateway.device_views v on v.org = w.org and v.uid = w.uid
where v.rendered_version is distinct from w.known`;

/**
 * Devices that wait for a new document. They are woken when this process handled that there is one, and when the log says
 * that another replica did. Should neither be heard, a few statements look for all of them together every now and then.
 */
@Injectable()
export class RenderedWaiters
  implements Listener, OnApplicationBootstrap, BeforeApplicationShutdown
{
  /** By the uids of their devices. */
  private readonly waiting = new Map<string, Waiter[]>();
  private readonly loop: WorkLoop;
  private isStopping = false;

  constructor(
    private readonly postgres: Postgres,
    private readonly feed: ChangeFeed,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.look().then(() => 0);
    this.loop = new WorkLoop({ work, logger, idleMs: LOOK_MS, name: 'looking for new documents' });
    feed.listen(this);
    meter()
      .createObservableGauge('skein_devices_waiting', {
        description: 'Devices that wait for a document.',
      })
      .addCallback((result) => result.observe(this.size));
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Answers all who wait, so that their connections can close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const waiter of this.all()) waiter.end('over');
    await this.loop.stop();
  }

  get size(): number {
    return this.all().length;
  }

  get isListening(): boolean {
    return this.waiting.size > 0;
  }

  /**
   * Has a device wait; should it wait too often already, the oldest time is over. Whoever does so looks again
   * afterwards: what changed before, nobody tells.
   */
  enter(waiting: Waiting): Waiter {
    const waiter = new Waiter(waiting, this.leave);
    const wasListening = this.isListening;
    const others = this.waiting.get(waiting.uid) ?? [];
    this.waiting.set(waiting.uid, [...others, waiter]);
    if (others.length >= OF_ONE_DEVICE) others[0]!.end('over');
    if (this.isStopping) waiter.end('over');
    if (!wasListening) this.feed.wake();
    return waiter;
  }

  wake(devices: readonly DeviceKey[]): void {
    for (const { org, uid } of devices) {
      const waiters = this.waiting.get(uid)?.filter((waiter) => waiter.org === org) ?? [];
      for (const waiter of waiters) waiter.end('changed');
    }
  }

  tell(steps: readonly Step[]): Promise<void> {
    for (const { org, touched } of steps) {
      this.wake(touched.filter(({ forAgent }) => forAgent).map(({ uid }) => ({ org, uid })));
    }
    return Promise.resolve();
  }

  forget(): void {
    for (const waiter of this.all()) waiter.end('changed');
  }

  /** Wakes those of whose change nobody was told. */
  async look(): Promise<void> {
    const all = this.all();
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const some = all.slice(from, from + AT_ONCE);
      const changed = await this.postgres.query<DeviceKey>(CHANGED, [
        some.map(({ org }) => org),
        some.map(({ uid }) => uid),
        some.map(({ known }) => known),
      ]);
      this.wake(changed);
    }
  }

  private readonly leave = (waiter: Waiter): void => {
    const others = this.waiting.get(waiter.uid)?.filter((one) => one !== waiter) ?? [];
    if (others.length > 0) this.waiting.set(waiter.uid, others);
    else this.waiting.delete(waiter.uid);
  };

  private all(): Waiter[] {
    return [...this.waiting.values()].flat();
  }
}
