import type { Changed } from './catch-up.js';
import { watchEvent, type WatchEvent } from './watch-event.js';
import type { WatchedList } from './watched-list.js';

/** Of so many things it is known whether they are in a list; beyond, those who watch are told of each that is not. */
const MOST_MEMBERS = 100_000;

/** What is in a list that is watched, as far as it was told: so that of all other things nobody needs to be told. */
export class Members {
  /** Undefined: not known. */
  private known: Set<string> | undefined;
  private hasBegun = false;

  constructor(
    private readonly list: WatchedList,
    private readonly most = MOST_MEMBERS,
  ) {}

  async begin(): Promise<void> {
    if (this.hasBegun) return;
    const uids = this.list.isSelective ? await this.list.uids(this.most) : undefined;
    this.known = uids && new Set(uids);
    this.hasBegun = true;
  }

  /**
   * What the things are now, as all are told. Those that left come first: their names may be used again.
   * @param mayKnow whether somebody may know one of which it is not known here that it was in the list
   */
  async tell(
    changed: readonly Changed[],
    mayKnow: (changed: Changed) => boolean,
  ): Promise<WatchEvent[]> {
    const found = await this.list.read(changed.map(({ uid }) => uid));
    const out = changed.filter(({ uid }) => !found.has(uid));
    const leaving = out.filter((one) => !this.known || this.known.has(one.uid) || mayKnow(one));
    const left = await this.list.left(leaving.map(({ uid }) => uid));
    // Nothing waits from here on: what is known and what is told change together.
    const gone = leaving.flatMap((one) => {
      const object = left.get(one.uid);
      return object ? [this.goneEvent(one, object)] : [];
    });
    const there = changed.flatMap((one) => {
      const object = found.get(one.uid);
      return object ? [watchEvent(this.enter(one), object)] : [];
    });
    for (const { uid } of leaving) this.known?.delete(uid);
    return [...gone, ...there];
  }

  private goneEvent({ uid, position }: Changed, object: object): WatchEvent {
    const allKnow = !this.known || this.known.has(uid);
    return watchEvent('DELETED', object, allKnow ? {} : { doubt: position });
  }

  private enter({ uid, isNew }: Changed): 'ADDED' | 'MODIFIED' {
    if (!this.known) return isNew ? 'ADDED' : 'MODIFIED';
    const wasThere = this.known.has(uid);
    this.known.add(uid);
    return wasThere ? 'MODIFIED' : 'ADDED';
  }
}
