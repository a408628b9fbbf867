import { Child, ownProcess } from '../child.js';
import { replayerMain } from '../engine.js';
import type { Bench } from '../scenario.js';
import type { SkeinLog } from './skein-log.js';

/** What makes the way from an append to its effect. */
export interface Chain {
  readonly replayer: Child;
  readonly consumer: Child;
  readonly appender: Child;
}

/** Skein's parts, each a process of its own, as in real life. */
export class SkeinProcesses {
  constructor(
    private readonly bench: Bench,
    private readonly log: SkeinLog,
  ) {}

  /** Runs the whole chain for as long as the work takes. */
  async chain<Result>(work: (chain: Chain) => Promise<Result>): Promise<Result> {
    const consumer = this.start(ownProcess('consumer'), 'selector');
    const all = [this.replayer(), consumer, this.appender()] as const;
    const [first, second, third] = await Promise.all(all);
    return during([third, second, first], () =>
      work({ replayer: first, consumer: second, appender: third }),
    );
  }

  /** The chain without who appends; handlers wait until `consumer` is asked to `release` them. */
  async held<Result>(work: (chain: Omit<Chain, 'appender'>) => Promise<Result>): Promise<Result> {
    const held = this.start(ownProcess('consumer'), 'selector', { BENCH_HOLD: '1' });
    const [replayer, consumer] = await Promise.all([this.replayer(), held]);
    return during([consumer, replayer], () => work({ replayer, consumer }));
  }

  /** Without a service that hears anything. */
  async unheard<Result>(work: (appender: Child) => Promise<Result>): Promise<Result> {
    const [replayer, appender] = await Promise.all([this.replayer(), this.appender()]);
    return during([appender, replayer], () => work(appender));
  }

  /** The replayer alone. */
  async replaying<Result>(
    settings: NodeJS.ProcessEnv,
    work: (replayer: Child) => Promise<Result>,
  ): Promise<Result> {
    const replayer = await this.replayer(settings);
    return during([replayer], () => work(replayer));
  }

  private appender(): Promise<Child> {
    return this.start(ownProcess('appender'), 'gateway');
  }

  private replayer(settings: NodeJS.ProcessEnv = {}): Promise<Child> {
    return this.start(replayerMain, 'replayer', settings);
  }

  private async start(
    file: string,
    room: 'gateway' | 'replayer' | 'selector',
    settings: NodeJS.ProcessEnv = {},
  ): Promise<Child> {
    const child = await Child.start(file, {
      SKEIN_DATABASE_URL: this.log.urlOf(room),
      SKEIN_STREAM_REDIS_URL: this.bench.servers.redisUrl,
      ...settings,
    });
    this.bench.closing.add(() => child.stop());
    return child;
  }
}

/** Ends the processes in their order when the work is over, however it went. */
async function during<Result>(
  children: readonly Child[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } finally {
    for (const child of children) await child.stop();
  }
}
