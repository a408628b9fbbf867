import {
  addressOf,
  adviseAtStart,
  byUrgency,
  informationOf,
  numberIn,
  serversOf,
  stateOf,
  type Information,
  type ServerState,
  type ServerUse,
} from '@skein/redis';
import type { Redis } from 'ioredis';
import { bytesByKind, kindsOn, type Kinds } from './bytes-by-kind.js';
import { hitRatio, remember, type History } from './history.js';
import { adviseOnPersistence, adviseOnSize } from './kv-advice.js';
import { measured, type KvFigures } from './kv-figures.js';

export interface Look {
  readonly node: string;
  readonly runId: string | undefined;
  readonly redis: Redis;
  readonly information: Information;
  readonly state: ServerState;
}

/** Reads a server's state; the machine's part of it only if the server is on this one. */
export type ReadState = (information: Information, host: string) => Promise<ServerState>;

async function lookAt(redis: Redis, readState: ReadState): Promise<Look> {
  const information = await informationOf(redis);
  const { host, port } = addressOf(redis);
  const state = await readState(information, host);
  const node = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { node, runId: state.runId, redis, information, state };
}

/** The servers behind a connection that answer now. */
export async function looksAt(redis: Redis, readState: ReadState = stateOf): Promise<Look[]> {
  const looking = serversOf(redis).map((one) => lookAt(one, readState));
  const looks = await Promise.allSettled(looking);
  return looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
}

function figuresOf(look: Look, use: ServerUse, kinds: Kinds | undefined) {
  const { information, state } = look;
  const used = numberIn(information, 'used_memory');
  const weighed = kinds && used !== undefined ? bytesByKind(kinds, used) : undefined;
  const queueDepth = use === 'cache' ? undefined : kinds?.entries;
  return measured(use, { information, state, bytesByKind: weighed, queueDepth });
}

/** All that is to be said of a server, and what to remember of it. */
export async function judge(
  look: Look,
  use: ServerUse,
  streamKeys: readonly string[],
  before: History,
): Promise<{ figures: KvFigures; history: History }> {
  const keys = use === 'cache' ? [] : streamKeys;
  const kinds = await kindsOn(look.redis, keys).catch(() => undefined);
  const found = figuresOf(look, use, kinds);
  const history = remember(before, found, Date.now());
  const advice = byUrgency([
    ...adviseOnPersistence(found),
    ...adviseOnSize(found, history),
    ...adviseAtStart(look.state, use),
  ]);
  return { figures: { ...found, hitRatio: hitRatio(history) ?? null, advice }, history };
}
