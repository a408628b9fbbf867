import type { Logger } from '@skein/telemetry';
import { damageOf } from './damage.js';
import type { HeardEvents } from './heard-events.js';
import type { Inspection, Publishable, Stream } from './stream.js';
import type { PublishTally } from './tally.js';

export interface PublisherSettings {
  /** Entries in the stream at the most; the rest of a backlog waits in PostgreSQL. */
  readonly window: number;
  /** How often the stream is compared with the log. */
  readonly inspectEveryMs: number;
  /** Counts what enters the stream. */
  readonly tally?: PublishTally;
}

const AT_ONCE = 1_000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** As many of the first events as one append should carry. */
function fitting(events: readonly Publishable[]): readonly Publishable[] {
  let bytes = 0;
  const end = events.findIndex(({ text }) => (bytes += text.length) > BYTES_AT_ONCE);
  return end < 0 ? events : events.slice(0, Math.max(end, 1));
}

/** What is known of the stream; undefined until it is looked at. */
interface Known {
  /** Its last id, as it must still be when something is appended. */
  readonly last: number;
  /** Where to go on in the log: the last id, or the checkpoint if that is further. */
  readonly from: number;
  readonly length: number;
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
    if (!known || this.caughtUpTo >= lastNumber) return 0;
    const room = this.settings.window - known.length;
    if (room <= 0) return 0;
    const events = await this.heard.next(known.from, Math.min(room, AT_ONCE));
    if (events.length === 0) {
      this.caughtUpTo = lastNumber;
      return 0;
    }
    return this.append(known, fitting(events));
  }

  private async append({ last, length }: Known, events: readonly Publishable[]): Promise<number> {
    if (!(await this.stream.append(last, events))) {
      this.state = undefined;
      return 0;
    }
    this.settings.tally?.add(events);
    const reached = events.at(-1)!.sequence;
    this.state = { last: reached, from: reached, length: length + events.length };
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
    if (found && !damage) {
      this.know(found, expected.checkpoint);
      return;
    }
    await this.rebuild(found, { checkpoint: expected.checkpoint, damage });
  }

  private async rebuild(
    found: Inspection | undefined,
    { checkpoint, damage }: { checkpoint: number; damage: string | undefined },
  ): Promise<void> {
    const place = { stream: this.stream.key, checkpoint };
    if (damage) this.logger.warn(place, `the stream is rebuilt from its checkpoint: ${damage}`);
    else this.logger.info(place, 'the stream is made, from its checkpoint');
    if (found) await this.stream.deleteDamaged(found);
    await this.stream.setUp(checkpoint);
    const made = await this.stream.inspect();
    if (made) this.know(made, checkpoint);
  }

  private know({ last, length }: Inspection, checkpoint: number): void {
    this.state = { last, from: Math.max(last, checkpoint), length };
  }
}
