import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@skein/event-log';
import { NumberedHints } from '@skein/service';
import { WorkLoop } from '@skein/task';
import { LOGGER, type Logger } from '@skein/telemetry';
import { LogTail, type Step, type Tail } from './log-tail.js';
import { BEGINNING, type Mark } from './positions.js';

/** Who wants to know of changes. */
export interface Listener {
  /** Whether anybody does, now. */
  readonly isListening: boolean;
  /**
   * Changes that have taken effect; all of them up to the mark were told when this is called. They are told again,
   * to all, when somebody could not be told.
   */
  tell(steps: readonly Step[], settled: Mark): Promise<void>;
  /** What was told may be wrong: the log, or what the gateway made of it, is another one than before. */
  forget(): void;
}

/** What one round reads: an event about a thousand devices may have 256 KiB. */
const READ_AT_ONCE = 200;
/** When nobody looks at what the events changed. */
const COUNT_AT_ONCE = 5_000;
/** Changes that are known and wait for the gateway to handle their events, at the most. */
const MOST_WAITING = 100_000;
/** How often it is looked whether they are handled: by this gateway, or by another one. */
const LOOK_AGAIN_MS = 20;
/** Looking takes longer the more there are; between two looks there is so many times that time. */
const PAUSE = 5;
/** How often the log is read when no hint came; and when nobody listens. */
const POLL_MS = 500;

interface Waiting {
  readonly step: Step;
  /** The event before it. */
  readonly before: Mark;
}

/**
 * Follows the log, and knows up to where all changes have taken effect in what the gateway shows. What the gateway itself
 * says has taken effect when it is in the log; what it hears, when it has handled it, here or in another process.
 * Those that it is still to handle are passed and told later, so that nobody waits for them.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tail: LogTail;
  private readonly loop: WorkLoop;
  private readonly waiting = new Map<number, Waiting>();
  private waitingChanges = 0;
  /** How far the log was read. */
  private read: Mark | undefined;
  private handled = 0;
  private last = 0;
  /** Whether what it read it also looked at. */
  private looks = false;
  /** When it may be looked again whether those that wait are handled. */
  private settleAt = 0;
  /** Changes that nobody was told of yet, since something failed. */
  private untold: Step[] = [];
  private readonly listeners: Listener[] = [];

  constructor(
    log: EventLog,
    private readonly hints: NumberedHints,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.tail = new LogTail(log);
    const work = () => this.step();
    this.loop = new WorkLoop({ work, logger, idleMs: POLL_MS, name: 'following the log' });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.begin();
    this.hints.listen(() => this.wake());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** There is something new in the log, or the gateway has handled something. */
  wake(): void {
    // What nobody waits for is looked at every now and then.
    if (this.isListening) this.loop.wake();
  }

  /** All changes up to here have taken effect, and are in what is read from now on. */
  get settled(): Mark {
    const [first] = this.waiting.values();
    return first?.before ?? this.reached;
  }

  /** How far the log was read: what comes later will be told. */
  get reached(): Mark {
    return this.read ?? BEGINNING;
  }

  /** How many events of the log have not taken effect, or are not told of. */
  get lag(): number {
    return Math.max(this.last - this.settled.number, 0);
  }

  private get isListening(): boolean {
    return this.listeners.some((one) => one.isListening);
  }

  /** What is not known to be handled is read again. */
  private async begin(): Promise<void> {
    const { handled, last } = await this.tail.after(Number.MAX_SAFE_INTEGER, nothing);
    const number = Math.min(handled, last);
    const { id } = await this.tail.after(number, nothing);
    this.clear();
    this.read = { number, id: id ?? BEGINNING.id };
    [this.handled, this.last] = [handled, last];
  }

  private async step(): Promise<number> {
    this.look(this.isListening);
    await this.settle();
    const most = this.looks ? READ_AT_ONCE : COUNT_AT_ONCE;
    const limit = this.waitingChanges < MOST_WAITING ? most : 0;
    const tail = await this.tail.after(this.reached.number, { limit, data: this.looks });
    if (this.isBlind) return 1;
    if (this.isAnother(tail)) {
      await this.startAgain();
      return 1;
    }
    this.take(tail);
    await this.tell();
    return tail.steps.length < most ? 0 : tail.steps.length;
  }

  private async tell(): Promise<void> {
    const [steps, settled] = [this.untold, this.settled];
    await Promise.all(this.listeners.map((one) => one.tell(steps, settled)));
    this.untold = [];
    if (this.looks && this.waiting.size > 0) setTimeout(() => this.wake(), LOOK_AGAIN_MS).unref();
  }

  /** What waits and was not looked at is read again when somebody listens. */
  private look(looks: boolean): void {
    if (looks && !this.looks) {
      this.read = this.settled;
      this.clear();
    }
    this.looks = looks;
  }

  /** Somebody began to listen after this step began: what it read without looking must be read again. */
  private get isBlind(): boolean {
    return !this.looks && this.isListening;
  }

  /** Those that waited and are handled now. */
  private async settle(): Promise<void> {
    const begun = performance.now();
    if (this.waiting.size === 0 || begun < this.settleAt) return;
    const open = await this.tail.open([...this.waiting.keys()]);
    if (this.isBlind) return;
    this.settleAt = performance.now() + PAUSE * (performance.now() - begun);
    for (const [number, { step }] of this.waiting) {
      if (open.has(number)) continue;
      this.waiting.delete(number);
      this.waitingChanges -= sizeOf(step);
      this.untold.push(step);
    }
  }

  /** Those that have not taken effect wait. */
  private take({ steps, handled, last }: Tail): void {
    [this.handled, this.last] = [handled, last];
    for (const step of steps) {
      if (step.isOpen) {
        this.waiting.set(step.mark.number, { step, before: this.reached });
        this.waitingChanges += sizeOf(step);
      } else this.untold.push(step);
      this.read = step.mark;
    }
  }

  private clear(): void {
    this.waiting.clear();
    this.waitingChanges = 0;
  }

  /** Restored to an earlier point; or what the gateway heard is handled again from an earlier one. */
  private isAnother({ id, handled }: Tail): boolean {
    const { number, id: known } = this.reached;
    return (number > 0 && id !== known) || handled < this.handled;
  }

  private async startAgain(): Promise<void> {
    this.logger.warn({ reached: this.reached.number }, 'the log is another one than before');
    for (const listener of this.listeners) listener.forget();
    await this.begin();
  }
}

const nothing = { limit: 0, data: false };

const sizeOf = ({ touched }: Step): number => touched.length + 1;
