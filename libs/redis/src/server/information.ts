import { Cluster, type Redis } from 'ioredis';

/** Settings that no INFO has. */
const SETTINGS = ['save', 'appendfsync'];
const SECTIONS = ['server', 'memory', 'stats', 'persistence', 'errorstats'];

/** What a server says of itself, by the names of INFO and CONFIG. */
export type Information = ReadonlyMap<string, string>;

/** The servers behind a connection: one, or the primaries of a cluster. */
export function serversOf(redis: Redis | Cluster): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

function linesOf(text: string): [string, string][] {
  return text.split('\r\n').flatMap((line) => {
    const [, name, value] = /^([^#:]+):(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? '']];
  });
}

/** None of those that may not be read, as with a provider that keeps CONFIG to itself. */
async function settingsOf(redis: Redis): Promise<[string, string][]> {
  try {
    const pairs = await redis.config('GET', ...(SETTINGS as [string]));
    return pairs.flatMap((name, at) => (at % 2 ? [] : [[name, pairs[at + 1] ?? '']]));
  } catch (error) {
    if ((error as Error).name !== 'ReplyError') throw error;
    return [];
  }
}

/**
 * Reads INFO and what matters of CONFIG; what is refused is missing.
 * @throws when the server does not answer
 */
export async function informationOf(redis: Redis): Promise<Information> {
  const [information, settings] = await Promise.all([
    redis.info(...SECTIONS).catch((error: Error) => {
      if (error.name !== 'ReplyError') throw error;
      return '';
    }),
    settingsOf(redis),
  ]);
  return new Map([...linesOf(information), ...settings]);
}
