import type { Redis } from 'ioredis';

export interface Entry {
  readonly sequence: number;
  readonly text: string;
}

type RawEntry = [id: string, fields: string[] | null];

export interface ReaderSettings {
  readonly key: string;
  readonly group: string;
  readonly consumer: string;
  /** Entries in one batch at the most. */
  readonly batchSize: number;
  /** After so long without a sign of life, a consumer's entries are taken over. */
  readonly claimAfterMs: number;
}

/** How long one blocking read lasts at the most. */
const BLOCK_MS = 5_000;

/** Deleting a consumer that holds pending entries would lose them: looked at and done in one step. */
const LEAVE = `
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])`;

function entryOf([id, fields]: RawEntry): Entry {
  const at = fields?.indexOf('event') ?? -1;
  return {
    sequence: Number(id.split('-')[0]),
    text: fields && at >= 0 ? (fields[at + 1] ?? '') : '',
  };
}

function entriesOf(raw: RawEntry[]): Entry[] {
  return raw.filter(([, fields]) => fields !== null).map(entryOf);
}

/** Reads, claims and acknowledges the entries of one stream as one consumer of its group. */
export class StreamReader {
  constructor(
    private readonly blocking: Redis,
    private readonly commands: Redis,
    private readonly settings: ReaderSettings,
  ) {}

  /** New entries; none when nothing came within a few seconds. */
  async read(): Promise<Entry[]> {
    const { key, group, consumer, batchSize } = this.settings;
    const answer = await this.blocking.xreadgroup(
      ...([
        'GROUP',
        group,
        consumer,
        'COUNT',
        batchSize,
        'BLOCK',
        BLOCK_MS,
        'STREAMS',
        key,
        '>',
      ] as const),
    );
    return answer ? entriesOf(answer[0]![1]) : [];
  }

  /** Entries of consumers that gave no sign of life for too long. */
  async claim(): Promise<Entry[]> {
    const { key, group, consumer, batchSize, claimAfterMs } = this.settings;
    const [, raw] = (await this.commands.xautoclaim(
      ...([key, group, consumer, claimAfterMs, '0-0', 'COUNT', batchSize] as const),
    )) as [string, RawEntry[]];
    return entriesOf(raw);
  }

  /** To be called after the commit, never before. */
  async acknowledge(entries: readonly Entry[]): Promise<void> {
    const ids = entries.map(({ sequence }) => `${sequence}-0`);
    if (ids.length > 0) await this.commands.xack(this.settings.key, this.settings.group, ...ids);
  }

  /** Stops reading and leaves the group, unless peers would lose what this consumer still holds. */
  async leave(): Promise<void> {
    const { key, group, consumer } = this.settings;
    this.blocking.disconnect();
    await this.commands.eval(LEAVE, 1, key, group, consumer);
  }

  close(): void {
    this.blocking.disconnect();
    this.commands.disconnect();
  }
}
