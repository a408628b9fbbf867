import { describe, expect, it } from '@jest/globals';
import type { Event } from '@skein/api';
import { MAX_LOOKED_AT, pageOf, type Place, type Search } from './pages.js';

/** A list of numbers of which some are candidates, and some of these are shown. */
class Numbers implements Search<Place> {
  looked = 0;
  read = 0;
  mostAtOnce = 0;

  constructor(
    private readonly length: number,
    private readonly isCandidate: (number: number) => boolean,
    private readonly isShown: (number: number) => boolean = () => true,
  ) {}

  look(after: string | null, count: number): Promise<Place[]> {
    const first = Number(after ?? 0) + 1;
    const end = Math.min(first + count - 1, this.length);
    const places = Array.from({ length: Math.max(end - first + 1, 0) }, (_, index) => {
      const number = first + index;
      return { key: `${number}`, ...(this.isCandidate(number) && { position: number }) };
    });
    this.looked += places.length;
    return Promise.resolve(places);
  }

  show(places: readonly Place[]): Promise<Map<Place, Event>> {
    this.read += places.length;
    this.mostAtOnce = Math.max(this.mostAtOnce, places.length);
    const shown = places.filter(({ position }) => this.isShown(position!));
    return Promise.resolve(
      new Map(shown.map((place) => [place, { reason: place.key } as unknown as Event])),
    );
  }
}

async function everyPage(search: Search<Place>, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | null = null;
  do {
    const page: { items: readonly Event[]; next: string | undefined } = await pageOf(search, {
      limit,
      after,
    });
    pages.push(page.items.map(({ reason }) => reason));
    after = page.next ?? null;
  } while (after !== null);
  return pages;
}

describe('pages of events', () => {
  it('are full, end where the list ends, and read no more than they show and one', async () => {
    const list = new Numbers(7, () => true);
    expect(await everyPage(list, 3)).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
    expect(list.read).toBe(4 + 4 + 1);
    expect(await everyPage(new Numbers(6, () => true), 3)).toHaveLength(2);
    expect(await everyPage(new Numbers(0, () => true), 3)).toEqual([[]]);
  });

  it('look at a bounded number of places in each request', async () => {
    const length = 3 * MAX_LOOKED_AT;
    const list = new Numbers(length, (number) => number === length);
    const page = await pageOf(list, { limit: 100, after: null });
    expect(page).toEqual({ items: [], next: String(MAX_LOOKED_AT) });
    expect(list.looked).toBe(MAX_LOOKED_AT);
    expect((await everyPage(list, 100)).flat()).toEqual([String(length)]);
  });

  it('read a bounded number of events in each request, and few at once', async () => {
    const list = new Numbers(
      5_000,
      (number) => number % 2 === 0,
      (number) => number === 5_000,
    );
    const page = await pageOf(list, { limit: 100, after: null });
    expect(page.items).toEqual([]);
    expect(list.read).toBeLessThan(2_000);
    expect(list.mostAtOnce).toBe(25);
    expect((await everyPage(list, 100)).flat()).toEqual(['5000']);
  });

  it('lose and repeat nothing, whatever is shown and however long they are', async () => {
    const all = Array.from({ length: 1_000 }, (_, index) => index + 1);
    for (const limit of [1, 24, 25, 26, 333, 1_000]) {
      const list = new Numbers(
        1_000,
        (number) => number % 3 > 0,
        (number) => number % 5 > 0,
      );
      const expected = all.filter((number) => number % 3 > 0 && number % 5 > 0).map(String);
      expect((await everyPage(list, limit)).flat()).toEqual(expected);
    }
  });
});
