import { abortable } from './deadline.js';
import { SourceError } from './source-error.js';

/** One piece of work at one repository, with all that it fetches there. */
interface Guest {
  visit: object;
  /** What it fetches at the moment. */
  keys: string[];
  placed: boolean;
  /** Called whenever it may have got further. */
  changed: (() => void)[];
}

export interface Errand {
  repository: string;
  /** What is the same for fetches that become one. */
  key: string;
  visit: object;
}

/** Milliseconds that somebody without a place waits. */
const PATIENCE = 1_000;
/** With the default of two places, half of the lanes that a service has by default. */
const WAITING_PER_PLACE = 3;

/**
 * A repository that does not answer must not hold up everybody who fetches: it has a few places for work on it, and
 * a short line before them. Who fetches what somebody with a place fetches too needs none, but has no more patience.
 */
export class Places {
  readonly #lines = new Map<string, Guest[]>();

  constructor(private readonly places: number) {}

  /** Rejects with a SourceError `busy` when no place gets free in time. */
  async take<T>(
    errand: Errand,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const line = this.#lines.get(errand.repository) ?? [];
    this.#lines.set(errand.repository, line);
    const guest = this.#enter(line, errand);
    const impatience = new AbortController();
    const timer = setTimeout(() => impatience.abort(busy()), PATIENCE);
    const inner = AbortSignal.any([signal, impatience.signal]);
    try {
      await abortable(this.#start(line, guest, { key: errand.key, timer }), inner);
      return await abortable(work(inner), inner);
    } finally {
      clearTimeout(timer);
      this.#leave(line, guest, errand);
    }
  }

  #enter(line: Guest[], { visit, key }: Errand): Guest {
    const known = line.find((guest) => guest.visit === visit);
    if (known) {
      known.keys.push(key);
      return known;
    }
    if (line.length >= this.places * (1 + WAITING_PER_PLACE)) throw busy();
    const guest = { visit, keys: [key], placed: false, changed: [] };
    line.push(guest);
    this.#settle(line);
    return guest;
  }

  /** Until the guest has a place, or somebody who has one fetches the same. */
  #start(
    line: readonly Guest[],
    guest: Guest,
    { key, timer }: { key: string; timer: NodeJS.Timeout },
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (guest.placed) clearTimeout(timer);
      if (line.some(({ placed, keys }) => placed && keys.includes(key))) resolve();
    };
    guest.changed.push(look);
    look();
    return promise;
  }

  #leave(line: Guest[], guest: Guest, { repository, key }: Errand): void {
    guest.keys.splice(guest.keys.indexOf(key), 1);
    if (guest.keys.length > 0) return;
    line.splice(line.indexOf(guest), 1);
    if (line.length === 0) this.#lines.delete(repository);
    this.#settle(line);
  }

  /** Gives free places to those who have waited longest. */
  #settle(line: readonly Guest[]): void {
    const free = this.places - line.filter(({ placed }) => placed).length;
    for (const guest of line.filter(({ placed }) => !placed).slice(0, Math.max(free, 0)))
      guest.placed = true;
    for (const guest of line) for (const look of guest.changed) look();
  }
}

function busy(): SourceError {
  return new SourceError('busy', 'other fetches of it are still running');
}
