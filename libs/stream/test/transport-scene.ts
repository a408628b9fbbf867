import { Controller, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { streamKey, topology, type Delivered } from '@skein/events';
import type { Logger } from '@skein/telemetry';
import { Redis } from 'ioredis';
import { PassThroughFilter } from '../src/pass-through.filter.js';
import type { Dispatch, UnitOfWork, Unread } from '../src/ports.js';
import { StreamReader, type ReaderSettings } from '../src/reader.js';
import { StreamTransport } from '../src/stream-transport.js';

const ORGANISATION = '00000000-0000-0000-0000-000000000000';

export class Deadlock extends Error {}

const labels = { labels: {} };
const dataOf = {
  'skein.device.labels-updated.v1': labels,
  'skein.device.deleted.v1': { name: 'x' },
} as const;

/** The text of an event as a stream carries it. */
export function textOf(
  sequence: number,
  type: keyof typeof dataOf = 'skein.device.labels-updated.v1',
): string {
  const id = `00000000-0000-7000-8000-${sequence.toString().padStart(12, '0')}`;
  const envelope = { id, source: '/gateway', type, kind: 'Device', subject: id };
  return JSON.stringify({
    ...envelope,
    time: '2026-01-01T00:00:00Z',
    org: ORGANISATION,
    version: 1,
    data: dataOf[type],
  });
}

const sequences = (events: readonly Delivered[]) => events.map(({ sequence }) => sequence);

/** A unit of work in memory: a batch takes effect as a whole or not at all. */
export class MemoryUnit implements UnitOfWork {
  /** Numbers that took effect, in order. */
  readonly effects: number[] = [];
  /** Every batch that was tried. */
  readonly tries: number[][] = [];
  readonly errors: unknown[] = [];
  readonly failed: [sequence: number, reason: string][] = [];
  readonly aside: [sequence: number, reason: string][] = [];
  /** The partitions that batches came from. */
  readonly partitions = new Set<number>();
  /** Numbers that had been delivered before. */
  readonly again: number[] = [];
  /** Retries that are due, until they were tried. */
  readonly due: Delivered[] = [];

  async handle(events: readonly Delivered[], dispatch: Dispatch, partition = 0): Promise<void> {
    this.partitions.add(partition);
    this.tries.push(sequences(events));
    const fresh = events.filter(({ sequence }) => !this.effects.includes(sequence));
    try {
      for (const run of runs(fresh)) await dispatch(run[0]!.event.type, run, this);
    } catch (error) {
      this.errors.push(error);
      throw error;
    }
    this.effects.push(...sequences(fresh));
  }

  async handleAgain(delivered: Delivered, dispatch: Dispatch): Promise<void> {
    this.again.push(delivered.sequence);
    await this.handle([delivered], dispatch);
  }

  async fail(sequence: number, error: Error): Promise<void> {
    this.failed.push([sequence, error.message]);
  }

  async setAside({ sequence }: Unread, error: Error): Promise<void> {
    this.aside.push([sequence, (error as Error & { code: string }).code]);
  }

  async retryDue(dispatch: Dispatch): Promise<number> {
    const due = this.due.splice(0);
    for (const delivered of due) await this.handle([delivered], dispatch);
    return due.length;
  }

  isTransient(error: unknown): boolean {
    return error instanceof Deadlock;
  }
}

function runs(events: readonly Delivered[]): Delivered[][] {
  return events.reduce<Delivered[][]>((made, delivered) => {
    const last = made.at(-1);
    if (last?.[0]?.event.type === delivered.event.type) last.push(delivered);
    else made.push([delivered]);
    return made;
  }, []);
}

/** Handles everything that the selector hears, with what a test says. */
@Controller()
export class Consumer {
  static readonly calls: { type: string; numbers: number[]; context: unknown }[] = [];
  static handle: (numbers: readonly number[]) => Promise<void> | void = () => undefined;

  @EventPattern([...topology.selector])
  async any(@Payload() events: Delivered[], @Ctx() context: unknown): Promise<void> {
    const numbers = sequences(events);
    Consumer.calls.push({ type: events[0]!.event.type, numbers, context });
    await Consumer.handle(numbers);
  }
}

type Bounds = Pick<ReaderSettings, 'batchSize' | 'batchBytes' | 'claimAfterMs'> & {
  readonly stopMs?: number;
};
const bounds: Bounds = { batchSize: 100, batchBytes: 4 * 1024 * 1024, claimAfterMs: 30_000 };
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface Running {
  readonly app: INestMicroservice;
  readonly unit: MemoryUnit;
}

/** Services that hear the selector's stream, as a real Nest application each. */
export class TransportScene {
  readonly redis: Redis;
  readonly stream: { readonly key: string; readonly group: string };
  /** What the service is told when it asks. */
  partitions: readonly number[] = [0];
  private readonly apps: INestMicroservice[] = [];

  constructor(
    private readonly url: string,
    private readonly prefix: string,
  ) {
    this.redis = new Redis(url);
    this.stream = { key: streamKey(prefix, 'selector', 0), group: 'selector' };
  }

  /** Resolves when the service reads, or rejects when it refuses to start. */
  async start(
    consumer: string,
    controller: Type = Consumer,
    settings: Partial<Bounds> = {},
  ): Promise<Running> {
    const unit = new MemoryUnit();
    const strategy = new StreamTransport({
      group: 'selector',
      partitions: async () => this.partitions,
      readerOf: (partition) => this.reader(consumer, settings, partition),
      unit,
      logger: silent,
      ...bounds,
      ...settings,
      retryPollMs: 10,
      partitionPollMs: 10,
    });
    const app = await NestFactory.createMicroservice(moduleOf(controller), {
      strategy,
      logger: false,
      abortOnError: false,
    });
    this.apps.push(app);
    app.useGlobalFilters(new PassThroughFilter());
    await app.listen();
    return { app, unit };
  }

  reader(consumer: string, own: Partial<Bounds> = {}, partition = 0): StreamReader {
    const stream = { ...this.stream, key: streamKey(this.prefix, 'selector', partition) };
    const open = () =>
      new Redis(this.url, { connectionName: this.prefix, maxRetriesPerRequest: null });
    return new StreamReader(open(), open(), { ...stream, consumer, ...bounds, ...own });
  }

  async pending(): Promise<number> {
    const [count] = (await this.redis.xpending(this.stream.key, this.stream.group)) as [number];
    return count;
  }

  /** Whether everything in the stream was delivered and acknowledged. */
  async isDone(): Promise<boolean> {
    const { key } = this.stream;
    const [fields] = (await this.redis.xinfo('GROUPS', key)) as string[][];
    const delivered = fields![fields!.indexOf('last-delivered-id') + 1];
    const newest = await this.redis.xrevrange(key, '+', '-', 'COUNT', 1);
    return delivered === newest[0]?.[0] && (await this.pending()) === 0;
  }

  /** Whether a service waits at the server for entries to come. */
  async isBlocked(): Promise<boolean> {
    const clients = ((await this.redis.client('LIST')) as string).split('\n');
    return clients.some((one) => one.includes(`name=${this.prefix} `) && one.includes('flags=b'));
  }

  async consumers(): Promise<string[]> {
    const found = (await this.redis.xinfo(
      'CONSUMERS',
      this.stream.key,
      this.stream.group,
    )) as string[][];
    return found.map((fields) => fields[1]!);
  }

  /** Stops what still runs, and forgets what was handled. */
  async reset(): Promise<void> {
    Consumer.handle = () => undefined;
    this.partitions = [0];
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
    Consumer.calls.length = 0;
    await this.redis.del(this.stream.key);
  }
}

function moduleOf(controller: Type): Type {
  @Module({ controllers: [controller] })
  class TestModule {}
  return TestModule;
}
