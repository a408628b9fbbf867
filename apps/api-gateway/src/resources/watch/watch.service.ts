import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Status } from '@skein/api';
import { EventLog } from '@skein/event-log';
import { isTransient } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../../gateway.config.js';
import { OrganisationDatabases } from '../organisation-database.js';
import { tooManyNow } from '../refusal-of.js';
import { RefusedRequest } from '../refused-request.js';
import { CatchUp, type Changed } from './catch-up.js';
import { ChangeFeed, type Listener } from './change-feed.js';
import type { Step } from './log-tail.js';
import { Positions, type Mark } from './positions.js';
import { ending, endingFor, endings, type WatchEvent } from './watch-event.js';
import { WatchGroup } from './watch-group.js';
import type { WatchedList } from './watched-list.js';
import { WatchMetrics } from './watch-metrics.js';
import { Watcher } from './watcher.js';

export interface WatchRequest {
  /** Where to begin, as a list or an earlier watch said it; undefined: with all that is there. */
  readonly position: string | undefined;
  /** The client went away. */
  readonly signal: AbortSignal;
}

/** Lists that are read at the same time. */
const AT_ONCE = 4;
/** After a failure. */
const REST_MS = 200;
const REMIND_EVERY_MS = 1_000;
/** Keeps connections alive, and what a client would have to catch up on short. */
const REMIND_AFTER_MS = 15_000;

/** Tells those who watch lists what changes in them; every door opens a watch here. */
@Injectable()
export class WatchService implements Listener, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly groups = new Map<string, WatchGroup>();
  private readonly due = new Set<WatchGroup>();
  private readonly loops: readonly WorkLoop[];
  private readonly telling: WorkLoop;
  private readonly catchUp: CatchUp;
  private readonly metrics: WatchMetrics;
  private count = 0;
  private isStopping = false;

  constructor(
    log: EventLog,
    organisations: OrganisationDatabases,
    private readonly feed: ChangeFeed,
    private readonly positions: Positions,
    private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.catchUp = new CatchUp(log, organisations, feed, positions, config.watchResumeEvents);
    this.metrics = new WatchMetrics(() => ({ watchers: this.count, lag: feed.lag }));
    const loop = (name: string, idleMs: number, work: () => Promise<number>) =>
      new WorkLoop({ name, idleMs, work, logger });
    this.telling = loop('telling those who watch', REST_MS, () => this.step());
    this.loops = [
      this.telling,
      loop('reminding those who watch', REMIND_EVERY_MS, () => {
        this.remind(REMIND_AFTER_MS);
        return Promise.resolve(0);
      }),
    ];
    feed.listen(this);
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Says good-bye to all, so that their connections can close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.endAll(endings.stopping());
    await Promise.all(this.loops.map((loop) => loop.stop()));
    this.metrics.stop();
  }

  /**
   * Begins to watch.
   * @throws RefusedRequest
   */
  async open(list: WatchedList, { position, signal }: WatchRequest): Promise<Watcher> {
    const mark = position === undefined ? undefined : this.positions.markOf(list.org, position);
    if (mark) await this.catchUp.requireKnown(mark);
    if (this.count >= this.config.watchClients) throw tooManyNow('watch: too many clients watch');
    const group = this.groupFor(list);
    const watcher = this.watcherIn(group, signal);
    this.begin(list, { group, watcher, mark }).catch((error: unknown) => {
      watcher.end(this.endingFor(error));
    });
    return watcher;
  }

  get isListening(): boolean {
    return this.groups.size > 0;
  }

  async tell(steps: readonly Step[], settled: Mark): Promise<void> {
    for (const groups of Map.groupBy(
      this.groups.values(),
      ({ list }) => `${list.org}/${list.kind}`,
    ).values()) {
      const { org, kind } = groups[0]!.list;
      const changes = await this.catchUp.changesIn(org, kind, steps);
      for (const group of groups) this.hand(group, changes, settled);
    }
  }

  forget(): void {
    this.endAll(endings.expired());
  }

  /** Says where they are to those who heard nothing for so long, and good-bye to those whose time is up. */
  remind(silentMs: number): void {
    for (const group of [...this.groups.values()]) {
      group.endOld();
      group.remind(silentMs);
    }
  }

  private hand(group: WatchGroup, changes: readonly Changed[], settled: Mark): void {
    const hasRoom = changes.every((changed) => group.add(changed));
    group.advance(settled);
    if (!hasRoom) group.end(endings.expired());
    if (group.hasWork) this.schedule(group);
  }

  private async begin(list: WatchedList, { group, watcher, mark }: Beginning): Promise<void> {
    const from = mark ?? this.feed.settled;
    if (!mark) await this.catchUp.tellAll(list, watcher);
    const told = await this.catchUp.tellLongPast(list, watcher, from);
    group.join({ watcher, told });
  }

  private groupFor(list: WatchedList): WatchGroup {
    const known = this.groups.get(list.key);
    if (known) return known;
    const group = new WatchGroup(list, {
      catchUp: this.catchUp,
      tokenOf: (mark) => this.positions.tokenOf(list.org, mark),
      settled: () => this.feed.settled,
      schedule: (one) => this.schedule(one),
    });
    this.groups.set(list.key, group);
    this.feed.wake();
    return group;
  }

  private watcherIn(group: WatchGroup, signal: AbortSignal): Watcher {
    const { watchBufferBytes: mostBytes, watchLifeMs: lifeMs } = this.config;
    const watcher = new Watcher({ mostBytes, lifeMs });
    const gone = () => watcher.end();
    this.count += 1;
    group.expect(watcher);
    watcher.ended.addEventListener('abort', () => {
      signal.removeEventListener('abort', gone);
      this.leave(group, watcher);
    });
    signal.addEventListener('abort', gone);
    if (signal.aborted) gone();
    if (this.isStopping) watcher.end(ending(endings.stopping()));
    return watcher;
  }

  private leave(group: WatchGroup, watcher: Watcher): void {
    this.count -= 1;
    this.metrics.ended(watcher.reason);
    group.leave(watcher);
    if (group.isEmpty) this.groups.delete(group.list.key);
  }

  private schedule(group: WatchGroup): void {
    this.due.add(group);
    this.telling.wake();
  }

  /** One step of some groups, in turn. */
  private async step(): Promise<number> {
    const groups = [...this.due].slice(0, AT_ONCE);
    const done = await Promise.allSettled(groups.map((group) => this.stepOf(group)));
    const failed = done.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return groups.length;
  }

  private async stepOf(group: WatchGroup): Promise<void> {
    this.due.delete(group);
    if (group.isEmpty) return;
    try {
      this.metrics.told(await group.step());
    } catch (error) {
      // What fails again and again must not be waited for in vain.
      if (!isTransient(error)) group.end(endings.failed());
      throw error;
    } finally {
      if (group.hasWork && !group.isEmpty) this.due.add(group);
    }
  }

  private endAll(status: Status): void {
    for (const group of [...this.groups.values()]) group.end(status);
  }

  private endingFor(error: unknown): WatchEvent {
    if (error instanceof RefusedRequest) return ending(endingFor(error));
    this.logger.error({ error }, 'a watch failed');
    return ending(endings.failed());
  }
}

interface Beginning {
  readonly group: WatchGroup;
  readonly watcher: Watcher;
  /** Undefined: with all that is there. */
  readonly mark: Mark | undefined;
}
