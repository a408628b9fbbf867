import type { Redis } from 'ioredis';

export interface TestEntry {
  /** The event's number, which is the entry's id. */
  readonly sequence: number;
  /** The event as JSON text. */
  readonly text: string;
  /** The event's id, as the replayer writes it beside the text; made up without it. */
  readonly id?: string;
  /** All fields of the entry, instead of those that the replayer writes. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * Puts entries into a stream as the replayer does, for tests of those who read it. Makes the
 * stream with its group when it is not there.
 */
export async function appendEntries(
  redis: Redis,
  stream: { readonly key: string; readonly group: string },
  entries: readonly TestEntry[],
): Promise<void> {
  const { key, group } = stream;
  await redis.xgroup('CREATE', key, group, '0', 'MKSTREAM').catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
  for (const { sequence, text, id = `id-${sequence}`, fields = { [id]: text } } of entries) {
    await redis.xadd(key, `${sequence}-0`, ...Object.entries(fields).flat());
  }
}
