import type { Logger } from '@skein/telemetry';
import { damageOf } from './damage.js';
import type { Following, HeardEvent, HeardEvents } from './heard-events.js';
import type { Inspection, Stream } from './stream.js';
import type { PublishTally } from './tally.js';
import type { Window } from './window.js';

export interface PublisherSettings {
  /** How much the stream holds, and may hold; kept by this publisher alone. */
  readonly window: Window;
  /** How often the stream is compared with the log. */
  readonly inspectEveryMs: number;
  /** Counts what enters the stream. */
  readonly tally?: PublishTally;
  /** Awaited at each inspection that finds the stream full; the next event follows after `from`. */
  readonly full?: (place: { readonly checkpoint: number; readonly from: number }) => Promise<void>;
}

const AT_ONCE = 1_000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** What is known of the stream; undefined until it is looked at. */
interface Known {
  /** Its last id, as it must still be when something is appended. */
  readonly last: number;
  /** Where to go on in the log: the last id, or the checkpoint if that is further. */
  readonly from: number;
  /** The event of the stream's last entry, as long as that is there. */
  readonly lastEvent: string | undefined;
}

/**
 * Feeds one stream from the log. To follow and to restore is the same: find out where
 * the stream ends, append what comes next. They differ only in how far that is.
 */
export class Publisher {
  private state: Known | undefined;
  private inspectAt = 0;
  /** The last number up to which nothing was left to publish. */
  private caughtUpTo = -1;
  /** The next event after a number is too large for what is left of the window. */
  private tooLarge: { readonly after: number; readonly bytes: number } | undefined;

  constructor(
    private readonly stream: Stream,
    private readonly heard: HeardEvents,
    private readonly logger: Logger,
    private readonly settings: PublisherSettings,
  ) {}

  /** Looks at the stream before the next step: its checkpoint moved, or the connection is new. */
  distrust(): void {
    this.state = undefined;
  }

  /** Entries were taken out: the next step counts what is left, since an inspection may have run between. */
  trimmed(entries: number): void {
    if (entries > 0) this.distrust();
  }

  /** One step; answers how many events it published. `lastNumber`: the last number given. */
  async step(lastNumber: number): Promise<number> {
    if (Date.now() >= this.inspectAt || !this.state) await this.inspect();
    const known = this.state;
    if (!known || this.caughtUpTo >= lastNumber || this.isFullFor(known)) return 0;
    return this.publishNext(known, lastNumber);
  }

  private async publishNext(known: Known, lastNumber: number): Promise<number> {
    const { window } = this.settings;
    const limit = Math.min(window.room, AT_ONCE, window.worthReading(BYTES_AT_ONCE));
    const following = await this.heard.next(known.from, limit, known.last);
    const found = following.events.length;
    const published = found > 0 ? await this.goOn(known, following) : 0;
    // Fewer than were asked for: there are no more up to that number, so nobody need ask again.
    if (published === found && found < limit) this.caughtUpTo = lastNumber;
    return published;
  }

  private async goOn(known: Known, { events, before }: Following): Promise<number> {
    if (known.lastEvent !== undefined && known.lastEvent !== before) return this.lookAgain();
    this.tooLarge = { after: known.from, bytes: events[0]!.bytes };
    const fitting = this.settings.window.fitting(events, BYTES_AT_ONCE);
    return fitting.length > 0 ? this.append(known, fitting) : 0;
  }

  /**
   * PostgreSQL was restored to an earlier point. Nothing is ever appended to an entry that the log
   * lost, so a stream that ends with an entry of the log has no other ones: consumers rely on that.
   */
  private lookAgain(): number {
    this.state = undefined;
    return 0;
  }

  /** Also when there is room, but not for the next event, which then need not be read again. */
  private isFullFor({ from }: Known): boolean {
    const { window } = this.settings;
    if (window.room <= 0) return true;
    return this.tooLarge?.after === from && !window.hasRoomFor(this.tooLarge.bytes);
  }

  private async append({ last, from }: Known, events: readonly HeardEvent[]): Promise<number> {
    if (!(await this.stream.append(last, events))) {
      this.state = undefined;
      return 0;
    }
    this.settings.tally?.add(events);
    this.settings.window.add(events, from);
    const { sequence: reached, eventId } = events.at(-1)!;
    this.state = { last: reached, from: reached, lastEvent: eventId };
    return events.length;
  }

  private async inspect(): Promise<void> {
    this.caughtUpTo = -1;
    this.inspectAt = Date.now() + this.settings.inspectEveryMs;
    const found = await this.stream.inspect();
    const expected = await this.heard.expected(found?.newest?.sequence);
    this.state = undefined;
    if (!expected) return;
    const damage = found && damageOf(found, expected);
    if (found && !damage) await this.know(found, expected.checkpoint);
    else await this.rebuild(found, { checkpoint: expected.checkpoint, damage });
    await this.sayIfFull(expected.checkpoint);
  }

  private async sayIfFull(checkpoint: number): Promise<void> {
    const { window, full } = this.settings;
    const { state } = this;
    if (state && window.room <= 0) await full?.({ checkpoint, from: state.from });
  }

  private async rebuild(
    found: Inspection | undefined,
    { checkpoint, damage }: { checkpoint: number; damage: string | undefined },
  ): Promise<void> {
    const place = { stream: this.stream.key, checkpoint };
    if (damage) this.logger.warn(place, `the stream is rebuilt from its checkpoint: ${damage}`);
    else this.logger.info(place, 'the stream is made, from its checkpoint');
    this.settings.window.forget();
    this.tooLarge = undefined;
    if (found) await this.stream.deleteDamaged(found);
    await this.stream.setUp(checkpoint);
    const made = await this.stream.inspect();
    if (made) await this.know(made, checkpoint);
  }

  private async know(found: Inspection, checkpoint: number): Promise<void> {
    const { last, first, newest, length } = found;
    const { window } = this.settings;
    window.dropBelow(first ?? Infinity);
    if (!window.matches(first, newest?.sequence, length)) {
      window.forget();
      window.add(await this.stream.measure(last, window.limits.entries));
    }
    this.state = { last, from: Math.max(last, checkpoint), lastEvent: newest?.eventId };
  }
}
