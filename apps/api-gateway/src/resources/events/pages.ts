import type { Event } from '@skein/api';

/** Where something that may be shown stands in its list. */
export interface Place {
  /** Tells where to go on, in a token. */
  readonly key: string;
  /** Undefined: looked at, and not asked for. */
  readonly position?: number;
}

/** A list of events that can be looked through from any place on. */
export interface Search<At extends Place> {
  /** The next places after this one, in the order of the list: fewer than `count` only at its end. */
  look(after: string | null, count: number): Promise<readonly At[]>;
  /** What is shown at these places; what is not asked for is missing. */
  show(places: readonly At[]): Promise<ReadonlyMap<At, Event>>;
}

export interface EventPage {
  readonly items: readonly Event[];
  /** Where to go on; undefined at the end. */
  readonly next: string | undefined;
}

/** One request looks at so many events at most, and reads the data of so many: the next request goes on. */
export const MAX_LOOKED_AT = 10_000;
const MAX_READ = 1_500;
/** Places that are looked at with one statement. */
const AT_ONCE = 2_000;
/** Events whose data are in memory at the same time. */
const READ_AT_ONCE = 25;

const isCandidate = ({ position }: Place): boolean => position !== undefined;

/** Parts with a bounded number of events to read. */
function inParts<At extends Place>(places: readonly At[]): At[][] {
  const parts: At[][] = [];
  let read = READ_AT_ONCE;
  for (const place of places) {
    if (read === READ_AT_ONCE) {
      parts.push([]);
      read = 0;
    }
    parts.at(-1)!.push(place);
    if (isCandidate(place)) read += 1;
  }
  return parts;
}

/** One page in the making. */
class Making<At extends Place> {
  private readonly found: { readonly key: string; readonly event: Event }[] = [];
  private looked = 0;
  private read = 0;
  private last: string | null;

  constructor(
    private readonly search: Search<At>,
    private readonly limit: number,
    after: string | null,
  ) {
    this.last = after;
  }

  async finish(): Promise<EventPage> {
    while (!this.isFull && !this.isTired) {
      const count = this.looked === 0 ? this.limit + 1 : Math.min(AT_ONCE, this.left);
      const places = await this.search.look(this.last, count);
      const through = await this.take(places);
      if (through && places.length < count) return this.page(undefined);
    }
    return this.page(this.last ?? undefined);
  }

  private get left(): number {
    return MAX_LOOKED_AT - this.looked;
  }

  private get isFull(): boolean {
    return this.found.length > this.limit;
  }

  private get isTired(): boolean {
    return this.left <= 0 || this.read >= MAX_READ;
  }

  /** Whether it took all of them. */
  private async take(places: readonly At[]): Promise<boolean> {
    for (const part of inParts(places)) {
      if (this.isFull || this.isTired) return false;
      const candidates = part.filter(isCandidate);
      const shown = await this.search.show(candidates);
      for (const place of candidates) {
        const event = shown.get(place);
        if (event) this.found.push({ key: place.key, event });
      }
      this.looked += part.length;
      this.read += candidates.length;
      this.last = part.at(-1)!.key;
    }
    return true;
  }

  private page(next: string | undefined): EventPage {
    const items = this.found.slice(0, this.limit).map(({ event }) => event);
    return { items, next: this.isFull ? this.found[this.limit - 1]!.key : next };
  }
}

/** One page: shorter than the limit, even empty, when a bound was reached before it was full. */
export function pageOf<At extends Place>(
  search: Search<At>,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<EventPage> {
  return new Making(search, limit, after).finish();
}
