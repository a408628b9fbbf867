import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { secretIn, secretReference } from '@skein/domain-repo';
import { EventLog } from '@skein/event-log';
import type { NewEvent } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { SecretWatch, SeenSecret } from '@skein/sources';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { Checks } from './checks.js';
import { SECRET_WATCH } from './outside.js';
import { RepoView } from './repo.view.js';
import { secretWakeUps } from './wake-up-events.js';
import { WatchedSecrets, type UsedSecret } from './watched-secrets.js';

const POLL_MS = 2_000;

/** A watch of all secrets that somebody refers to. */
interface Watching {
  /** Tells whether it is still of the right ones. */
  readonly key: string;
  readonly used: readonly UsedSecret[];
  readonly end: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Wakes who refers to a secret that changed. What is seen is compared with what was kept, in one transaction with the event that
 * says so: replicas that see the same tell it once, and a start after a crash tells what changed meanwhile.
 */
@Injectable()
export class SecretWatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WorkLoop;
  private watching: Watching | undefined;
  /** What was seen and is not written down, by reference. */
  private readonly seen = new Map<string, SeenSecret>();

  constructor(
    private readonly log: EventLog,
    private readonly view: RepoView,
    private readonly checks: Checks,
    private readonly secrets: WatchedSecrets,
    @Inject(SECRET_WATCH) private readonly watch: SecretWatch | undefined,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const work = () => this.once();
    this.loop = new WorkLoop({ work, logger, idleMs: POLL_MS, name: 'watch of secrets' });
  }

  onApplicationBootstrap(): void {
    if (this.watch) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.end();
  }

  /** Watches what is referred to now, and writes down what was seen; answers how much that was. */
  async once(): Promise<number> {
    await this.follow(await this.secrets.inUse(this.log.postgres));
    let written = 0;
    for (const [reference, seen] of this.seen) {
      await this.writeDown(reference, seen);
      if (this.seen.get(reference) === seen) this.seen.delete(reference);
      written += 1;
    }
    return written;
  }

  private async follow(used: readonly UsedSecret[]): Promise<void> {
    const key = JSON.stringify(used);
    if (key === (this.watching?.key ?? '[]')) return;
    await this.end();
    if (used.length === 0 || !this.watch) return;
    const end = new AbortController();
    const ended = this.watch.watch({
      secrets: used.map(({ org, reference }) => ({ org, ...secretIn(reference) })),
      signal: end.signal,
      seen: (secret) => {
        this.seen.set(secretReference(secret), secret);
        this.loop.wake();
      },
      troubled: (namespace, { message }) => {
        this.logger.warn({ namespace, reason: message }, 'secrets cannot be watched');
      },
    });
    this.watching = { key, used, end, ended };
  }

  private async end(): Promise<void> {
    this.watching?.end.abort();
    await this.watching?.ended;
    this.watching = undefined;
  }

  private async writeDown(reference: string, { revision }: SeenSecret): Promise<void> {
    const users = this.watching?.used.filter((used) => used.reference === reference) ?? [];
    for (const used of users) {
      await this.log.commit(async (transaction) => ({
        events: await this.tell(transaction, used, revision),
        result: () => undefined,
      }));
    }
  }

  private async tell(
    transaction: Transaction,
    used: UsedSecret,
    revision: string | undefined,
  ): Promise<NewEvent[]> {
    await this.view.lock(transaction, [used.org]);
    const changed = await this.secrets.see(transaction, used, revision);
    if (!changed || revision === undefined) return [];
    const events: NewEvent[] = [];
    const place = { org: used.org, name: '' };
    for await (const users of this.checks.usersOf(transaction, place, [used.reference])) {
      events.push(...secretWakeUps(used, users));
    }
    return events;
  }
}
