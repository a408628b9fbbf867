import type { Redis } from 'ioredis';
import { redis70 } from './generated/redis-7.0.js';
import { notUnderstood, type Sent } from './grammar.js';

/** What tells two shapes of commands from each other stands in so many characters. */
const LENGTH = 200;

async function errorsOf(redis: Redis): Promise<number> {
  const stats = await redis.info('errorstats');
  return Number(/^errorstat_ERR:count=(\d+)/m.exec(stats)?.[1] ?? 0);
}

/** Takes down what is sent to a server, also by scripts, and says what Redis 7.0 would not understand of it. */
export class CommandRecorder {
  private readonly shapes = new Map<string, Sent>();

  private constructor(
    private readonly redis: Redis,
    private readonly monitor: Redis,
    private readonly errorsBefore: number,
  ) {
    monitor.on('monitor', (_time: string, sent: string[]) => this.take(sent));
  }

  /** @param redis any connection to the server */
  static async start(redis: Redis): Promise<CommandRecorder> {
    const monitor = await redis.monitor();
    return new CommandRecorder(redis, monitor, await errorsOf(redis));
  }

  /** The names of the commands, in capitals and in order. */
  get names(): string[] {
    return [...new Set([...this.shapes.values()].map(([name = '']) => name.toUpperCase()))].sort();
  }

  get notUnderstood(): string[] {
    return [...this.shapes.values()].flatMap((sent) => notUnderstood(redis70, sent) ?? []);
  }

  /** How often the server said ERR: a monitor is not told of what the server itself does not know. */
  async errors(): Promise<number> {
    return (await errorsOf(this.redis)) - this.errorsBefore;
  }

  stop(): void {
    this.monitor.disconnect();
  }

  /** One of each shape is enough: there may be many thousands. */
  private take(sent: readonly string[]): void {
    const [name = ''] = sent;
    const kept = /^eval$/i.test(name) ? [name, 'script', '0'] : sent;
    const shape = kept.map((word) => (/^[A-Z]+$/i.test(word) ? word : word.replace(/\w+/g, '1')));
    const key = shape.join(' ').slice(0, LENGTH);
    if (!this.shapes.has(key)) this.shapes.set(key, kept);
  }
}
