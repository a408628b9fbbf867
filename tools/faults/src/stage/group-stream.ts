import { streamKey, type Group } from '@skein/events';
import type { Redis } from 'ioredis';

/** As services have it when nobody sets it. */
const prefix = 'skein';

/** As the replayer writes it. */
export interface StreamEntry {
  /** The event's number. */
  readonly sequence: number;
  /** The event's id. */
  readonly id: string;
  /** The event as JSON text. */
  readonly text: string;
}

const numberOf = (id: string) => Number.parseInt(id, 10);

/** A value in a list of names and values. */
const valueOf = (fields: readonly string[], name: string) => fields[fields.indexOf(name) + 1] ?? '';

/** The stream of a service, seen from outside. */
export class GroupStream {
  readonly key: string;

  constructor(
    readonly redis: Redis,
    readonly group: Group,
  ) {
    this.key = streamKey(prefix, group, 0);
  }

  /** Of all entries in the stream. */
  async ids(): Promise<string[]> {
    return (await this.redis.xrange(this.key, '-', '+')).map(([id]) => id);
  }

  /** Of the entries that one process has and has not acknowledged; its consumers' names have its id. */
  async idsHeldBy(pid: number | undefined): Promise<string[]> {
    const pending = await this.redis.xpending(this.key, this.group, '-', '+', 10_000);
    return (pending as [id: string, consumer: string][])
      .filter(([, consumer]) => consumer.includes(`-${pid}-`))
      .map(([id]) => id);
  }

  /** Whether anybody has one of these and has not acknowledged it. */
  async isAnyPending(ids: readonly string[]): Promise<boolean> {
    const pending = await this.redis.xpending(this.key, this.group, '-', '+', 10_000);
    return (pending as [id: string][]).some(([id]) => ids.includes(id));
  }

  /** All that is in the stream. */
  async entries(): Promise<StreamEntry[]> {
    return (await this.redis.xrange(this.key, '-', '+')).map(([number, [id = '', text = '']]) => ({
      sequence: numberOf(number),
      id,
      text,
    }));
  }

  /** Of what is in the stream, what nobody has read. */
  async unread(): Promise<StreamEntry[]> {
    const read = numberOf(await this.lastDelivered());
    return (await this.entries()).filter(({ sequence }) => sequence > read);
  }

  /** The number of the last entry that was ever added. */
  async lastNumber(): Promise<number> {
    const stream = (await this.redis.xinfo('STREAM', this.key)) as string[];
    return numberOf(valueOf(stream, 'last-generated-id'));
  }

  /** Whether the group has read up to the last of these, and has acknowledged them all. */
  async hasRead(ids: readonly string[]): Promise<boolean> {
    const isBehind = numberOf(await this.lastDelivered()) < numberOf(ids.at(-1) ?? '0');
    return !isBehind && !(await this.isAnyPending(ids));
  }

  private async lastDelivered(): Promise<string> {
    const groups = (await this.redis.xinfo('GROUPS', this.key)) as string[][];
    const own = groups.find((fields) => fields.includes(this.group)) ?? [];
    return valueOf(own, 'last-delivered-id') || '0-0';
  }
}
