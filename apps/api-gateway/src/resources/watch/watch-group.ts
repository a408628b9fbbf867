import type { Status } from '@skein/api';
import { RefusedRequest } from '../refused-request.js';
import type { CatchUp, Changed, Told } from './catch-up.js';
import { Members } from './members.js';
import type { Mark } from './positions.js';
import type { WatchedList } from './watched-list.js';
import { ending, endingFor, endings, type WatchEvent } from './watch-event.js';
import type { Watcher } from './watcher.js';

/** Somebody who is to be told from a place on. */
interface Joiner {
  readonly watcher: Watcher;
  readonly told: Told;
}

/** What a group needs of others. */
export interface GroupParts {
  readonly catchUp: CatchUp;
  readonly tokenOf: (mark: Mark) => string;
  /** Up to where all changes have been told to the groups, or are told to those who join. */
  readonly settled: () => Mark;
  /** There is something to do. */
  readonly schedule: (group: WatchGroup) => void;
}

/** Things that are read at once. */
const AT_ONCE = 250;
/** Things that wait to be told of, at the most. */
const MOST_QUEUED = 100_000;

/**
 * All who watch the same list: each change is read, shown and written once, however many they are. Whatever changes often is
 * told as it is when its turn comes. One step at a time.
 */
export class WatchGroup {
  private readonly queue = new Map<string, Changed>();
  private readonly members: Members;
  private readonly all = new Set<Watcher>();
  private joiners: Joiner[] = [];
  /** Those who are told together. */
  private readonly watchers = new Set<Watcher>();
  private isTelling = false;
  /** What changed up to there was added, or is told to those who join. */
  private reached: Mark;

  constructor(
    readonly list: WatchedList,
    private readonly parts: GroupParts,
  ) {
    this.reached = parts.settled();
    this.members = new Members(list);
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  get hasWork(): boolean {
    return this.queue.size + this.joiners.length > 0;
  }

  /** @returns whether there is room for it */
  add(changed: Changed): boolean {
    const before = this.queue.get(changed.uid);
    const position = Math.min(changed.position, before?.position ?? changed.position);
    const isNew = changed.isNew || (before?.isNew ?? false);
    this.queue.set(changed.uid, { uid: changed.uid, position, isNew });
    return this.queue.size <= MOST_QUEUED;
  }

  /** All changes up to the mark were added. */
  advance(mark: Mark): void {
    if (mark.number > this.reached.number) this.reached = mark;
  }

  /** Somebody will join. */
  expect(watcher: Watcher): void {
    this.all.add(watcher);
  }

  /** Somebody who was told what happened up to there. */
  join(joiner: Joiner): void {
    if (!this.all.has(joiner.watcher)) return;
    this.joiners.push(joiner);
    this.parts.schedule(this);
  }

  leave(watcher: Watcher): void {
    this.all.delete(watcher);
    this.watchers.delete(watcher);
    this.joiners = this.joiners.filter((joiner) => joiner.watcher !== watcher);
  }

  end(status: Status): void {
    const last = ending(status);
    for (const watcher of [...this.all]) watcher.end(last);
  }

  /** Ends those whose time is up: whoever connects again is asked again for their rights. */
  endOld(): void {
    const last = ending(endings.old());
    const now = performance.now();
    for (const watcher of [...this.all]) if (watcher.until <= now) watcher.end(last);
  }

  /** Says to those who heard nothing for so long where they are. */
  remind(silentMs: number): void {
    if (this.hasWork || this.isTelling) return;
    const before = performance.now() - silentMs;
    const silent = [...this.watchers].filter(({ offeredAt }) => offeredAt <= before);
    if (silent.length === 0) return;
    const events = [this.parts.catchUp.bookmark(this.list, this.reached)];
    for (const watcher of silent) watcher.offer(events);
  }

  /** Lets in who waits, and tells the next changes; resolves with how many. What failed is done again by the next step. */
  async step(): Promise<number> {
    this.isTelling = true;
    try {
      await this.members.begin();
      await this.admit();
      return await this.tellNext();
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      this.end(endingFor(error));
      return 0;
    } finally {
      this.isTelling = false;
    }
  }

  private async admit(): Promise<void> {
    // Who comes from now on waits for the next step.
    const joiners = [...this.joiners];
    if (joiners.length === 0) return;
    for (const joiner of joiners) await this.bringUp(joiner);
    // Drawn after all that they were told, and before anything that they will be told with the others.
    const since = await this.parts.catchUp.lastPosition();
    for (const { watcher } of joiners) {
      watcher.since = since;
      if (this.all.has(watcher)) this.watchers.add(watcher);
    }
    this.joiners = this.joiners.filter((joiner) => !joiners.includes(joiner));
  }

  private async bringUp({ watcher, told }: Joiner): Promise<void> {
    const settled = this.parts.settled();
    await this.parts.catchUp.tellRest(this.list, watcher, told);
    // Not where it was told up to: what was open there is yet to come.
    const reached = told.from.number > settled.number ? told.from : settled;
    watcher.offer([this.parts.catchUp.bookmark(this.list, reached)]);
  }

  private async tellNext(): Promise<number> {
    const next = [...this.queue.values()].slice(0, AT_ONCE);
    if (next.length === 0) return 0;
    const mark = this.queue.size === next.length ? this.reached : undefined;
    const events = await this.members.tell(next, (changed) => this.mayKnow(changed));
    for (const changed of next) {
      // What changed meanwhile stays, and is told again.
      if (this.queue.get(changed.uid) === changed) this.queue.delete(changed.uid);
    }
    const told = mark ? positioned(events, this.parts.tokenOf(mark)) : events;
    for (const watcher of this.watchers) watcher.offer(told);
    return events.length * this.watchers.size;
  }

  /** Whether somebody joined so late that he may know what the group does not. */
  private mayKnow({ position }: Changed): boolean {
    return [...this.watchers].some(({ since }) => position <= since);
  }
}

/** The position goes with the last one: it is reached when all were told. */
function positioned(events: readonly WatchEvent[], position: string): WatchEvent[] {
  return events.map((event, index) =>
    index === events.length - 1 ? { ...event, position } : event,
  );
}
