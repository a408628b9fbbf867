import type { EventLog } from '@skein/event-log';
import type { OrganisationDatabases } from '../organisation-database.js';
import { RefusedRequest } from '../refused-request.js';
import type { ChangeFeed } from './change-feed.js';
import { LogTail, type Step } from './log-tail.js';
import type { Mark, Positions } from './positions.js';
import type { Touched, WatchedKind } from './touched.js';
import { bookmark, EXPIRED, watchEvent, type WatchEvent } from './watch-event.js';
import type { WatchedList } from './watched-list.js';
import type { Watcher } from './watcher.js';

/** A thing that changed. */
export interface Changed {
  readonly uid: string;
  /** The smallest one in the log of the events that changed it. */
  readonly position: number;
  readonly isNew: boolean;
}

/** Up to where a client was told. */
export interface Told {
  /** Where it began: all changes before had taken effect. */
  readonly from: Mark;
  readonly at: Mark;
  /** Events before that whose changes had not taken effect when they were read. */
  readonly open: readonly Step[];
}

/** Events that are read at once, and things that are read at once. */
const EVENTS_AT_ONCE = 200;
const AT_ONCE = 250;

const DEVICES_OF = `
select uid from gateway.device_views where org = $1 and owner = any($2::uuid[])`;

type Placed = Touched & { readonly position: number };

const isOfFleet = ({ ofFleet = false }: Touched): boolean => ofFleet;

const expired = () => new RefusedRequest('expired', EXPIRED);

/** Tells one client what happened before it watches together with others. It waits for the client, and nobody for it. */
export class CatchUp {
  private readonly tail: LogTail;

  /** @param mostEvents the log is read for a client over so many events at the most */
  constructor(
    private readonly log: EventLog,
    private readonly organisations: OrganisationDatabases,
    private readonly feed: ChangeFeed,
    private readonly positions: Positions,
    private readonly mostEvents: number,
  ) {
    this.tail = new LogTail(log);
  }

  /** @throws RefusedRequest when it cannot be gone on with from there */
  async requireKnown({ number, id }: Mark): Promise<void> {
    const tail = await this.tail.after(number, { limit: 0, data: false });
    const isOurs = number === 0 || tail.id === id;
    if (!isOurs || tail.last - number > this.mostEvents) throw expired();
  }

  /** Tells all that is in the list. */
  async tellAll(list: WatchedList, watcher: Watcher): Promise<void> {
    let after: string | null | undefined = null;
    while (after !== undefined && !watcher.ended.aborted) {
      const { items, next }: { items: object[]; next: string | undefined } = await list.page(after);
      watcher.offer(items.map((object) => watchEvent('ADDED', object)));
      await watcher.emptied();
      after = next;
    }
  }

  /** Tells what happened up to where the feed is by then, as fast as the client takes it. */
  async tellLongPast(list: WatchedList, watcher: Watcher, from: Mark): Promise<Told> {
    let at = from;
    const open: Step[] = [];
    while (at.number < this.feed.reached.number && !watcher.ended.aborted) {
      const steps = await this.tellSome(list, watcher, at);
      at = steps.at(-1)!.mark;
      open.push(...steps.filter((step) => step.isOpen && step.org === list.org));
      await watcher.emptied();
    }
    return { from, at, open };
  }

  /**
   * Tells what happened up to where the feed is when it begins, and does not wait for the client. What takes effect from then
   * on is told to the client with the others; what did since it was read before, here.
   */
  async tellRest(list: WatchedList, watcher: Watcher, told: Told): Promise<void> {
    const to = this.feed.reached.number;
    let { at } = told;
    await this.tellOf(list, watcher, told.open);
    while (at.number < to && !watcher.ended.aborted) {
      at = (await this.tellSome(list, watcher, at)).at(-1)!.mark;
    }
  }

  /** Says where a client is that was told all changes up to there. */
  bookmark({ org, kind }: WatchedList, mark: Mark): WatchEvent {
    return bookmark(kind, this.positions.tokenOf(org, mark));
  }

  /** The things of a kind that these events changed in an organisation. */
  async changesIn(org: string, kind: WatchedKind, steps: readonly Step[]): Promise<Changed[]> {
    const touched = steps
      .filter((step) => step.org === org)
      .flatMap((step) => step.touched.map((one) => ({ ...one, position: step.position })))
      .filter((one) => one.kind === kind);
    const [fleets, things] = [touched.filter(isOfFleet), touched.filter((one) => !isOfFleet(one))];
    const changes = things.map(({ uid, position, isNew = false }) => ({ uid, position, isNew }));
    return fleets.length === 0 ? changes : [...changes, ...(await this.devicesOf(org, fleets))];
  }

  /** The last position that was drawn in the log. */
  async lastPosition(): Promise<number> {
    const [row] = await this.log.postgres.query<{ last: number }>(
      `select coalesce(pg_sequence_last_value('log.event_position'), 0) as last`,
    );
    return row!.last;
  }

  private async devicesOf(org: string, fleets: readonly Placed[]): Promise<Changed[]> {
    const position = Math.min(...fleets.map((fleet) => fleet.position));
    const uids = fleets.map(({ uid }) => uid);
    const rows = await this.organisations.of(org).query<{ uid: string }>(DEVICES_OF, [org, uids]);
    return rows.map(({ uid }) => ({ uid, position, isNew: false }));
  }

  /** The events that it has told of, at least one. */
  private async tellSome(list: WatchedList, watcher: Watcher, at: Mark): Promise<readonly Step[]> {
    const { settled } = this.feed;
    const { steps } = await this.tail.after(at.number, { limit: EVENTS_AT_ONCE, data: true });
    if (steps[0]?.mark.number !== at.number + 1) throw expired();
    await this.tellOf(list, watcher, steps);
    const to = steps.at(-1)!.mark;
    const told = to.number < settled.number ? to : settled;
    // A client that is cut off again and again gets on all the same.
    if (told.number > at.number) watcher.offer([this.bookmark(list, told)]);
    return steps;
  }

  /** Tells what has become of the things that these events changed. */
  private async tellOf(list: WatchedList, watcher: Watcher, steps: readonly Step[]): Promise<void> {
    const changes = await this.changesIn(list.org, list.kind, steps);
    const things = [...new Map(changes.map((changed) => [changed.uid, changed])).values()];
    for (let from = 0; from < things.length && !watcher.ended.aborted; from += AT_ONCE) {
      watcher.offer(await this.look(list, things.slice(from, from + AT_ONCE)));
    }
  }

  /** What the things are now. It is not known here which of them the client knows: it is told of all that are not in the list. */
  private async look(list: WatchedList, changed: readonly Changed[]): Promise<WatchEvent[]> {
    const uids = changed.map(({ uid }) => uid);
    const found = await list.read(uids);
    const left = await list.left(uids.filter((uid) => !found.has(uid)));
    return [
      ...[...left.values()].map((object) => watchEvent('DELETED', object)),
      ...changed.flatMap(({ uid, isNew }) => {
        const object = found.get(uid);
        return object ? [watchEvent(isNew ? 'ADDED' : 'MODIFIED', object)] : [];
      }),
    ];
  }
}
