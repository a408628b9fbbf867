import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Postgres } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';

export interface DeviceKey {
  readonly org: string;
  readonly uid: string;
}

export interface Waiting extends DeviceKey {
  /** The rendered version that the device need not be told of. */
  readonly known: number;
  readonly timeoutMs: number;
  /** The client went away. */
  readonly signal: AbortSignal;
}

/** `changed`: look again. `over`: the time is up, the client is gone, or the gateway stops. */
export type Outcome = 'changed' | 'over';

interface Waiter {
  readonly key: DeviceKey;
  readonly known: number;
  readonly end: (outcome: Outcome) => void;
}

const POLL_MS = 1_000;

const CHANGED = `
select w.org, w.uid
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as w (org, uid, known)
left join gateway.device_views v on v.org = w.org and v.uid = w.uid
where v.rendered_version is distinct from w.known`;

const keyOf = ({ org, uid }: DeviceKey): string => `${org}/${uid}`;

/**
 * Devices that wait for a new document. They are woken when this process heard of one;
 * for what another replica heard, one query a second asks about all of them.
 */
@Injectable()
export class RenderedWaiters implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private readonly loop: WorkLoop;
  private stopping = false;

  constructor(
    private readonly postgres: Postgres,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = () => this.poll().then(() => 0);
    this.loop = new WorkLoop({ work, logger, idleMs: POLL_MS, name: 'looking for new documents' });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Answers all who wait, so that their connections can close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const waiter of this.all()) waiter.end('over');
    await this.loop.stop();
  }

  get size(): number {
    return this.all().length;
  }

  wait({ known, timeoutMs, signal, ...key }: Waiting): Promise<Outcome> {
    if (this.stopping || signal.aborted) return Promise.resolve('over');
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        this.forget(waiter);
        resolve(outcome);
      };
      const over = () => end('over');
      const waiter: Waiter = { key, known, end };
      const timer = setTimeout(over, timeoutMs);
      signal.addEventListener('abort', over);
      const others = this.waiting.get(keyOf(key)) ?? new Set();
      this.waiting.set(keyOf(key), others.add(waiter));
    });
  }

  wake(devices: readonly DeviceKey[]): void {
    for (const device of devices) {
      for (const waiter of this.waiting.get(keyOf(device)) ?? []) waiter.end('changed');
    }
  }

  private async poll(): Promise<void> {
    const waiters = this.all();
    if (waiters.length === 0) return;
    const changed = await this.postgres.query<DeviceKey>(CHANGED, [
      waiters.map(({ key }) => key.org),
      waiters.map(({ key }) => key.uid),
      waiters.map(({ known }) => known),
    ]);
    this.wake(changed);
  }

  private all(): Waiter[] {
    return [...this.waiting.values()].flatMap((waiters) => [...waiters]);
  }

  private forget(waiter: Waiter): void {
    const key = keyOf(waiter.key);
    const waiters = this.waiting.get(key);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(key);
  }
}
