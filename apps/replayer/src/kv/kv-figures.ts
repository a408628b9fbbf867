import {
  numberIn,
  type Finding,
  type Information,
  type ServerState,
  type ServerUse,
} from '@skein/redis';
import type { BytesByKind } from './bytes-by-kind.js';

/** What a person needs to know about one server. Null: it is not known. */
export interface KvFigures {
  readonly use: ServerUse;
  readonly version: string | null;
  readonly usedBytes: number | null;
  readonly peakBytes: number | null;
  /** 0: no limit. */
  readonly maxmemoryBytes: number | null;
  readonly policy: string | null;
  readonly containerBytes: number | null;
  readonly bytesByKind: BytesByKind | null;
  /** Entries of all streams here. */
  readonly queueDepth: number | null;
  /** Since the server started; so are the next ones. */
  readonly evictedKeys: number | null;
  readonly hits: number | null;
  readonly misses: number | null;
  /** Commands that were refused for lack of memory. */
  readonly refused: number;
  /** Of the last hour at the most. */
  readonly hitRatio: number | null;
  /** Memory taken from the machine, by what is used of it. */
  readonly fragmentation: number | null;
  readonly appendOnly: boolean | null;
  /** Whether the last writes to the append-only file, its last rewrite and the last snapshot succeeded. */
  readonly persistenceOk: boolean | null;
  readonly advice: readonly Finding[];
}

export type Measured = Omit<KvFigures, 'hitRatio' | 'advice'>;

export interface Looked {
  readonly information: Information;
  readonly state: ServerState;
  readonly bytesByKind: BytesByKind | undefined;
  readonly queueDepth: number | undefined;
}

const outcomes = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'];

function persistenceOk(information: Information): boolean | null {
  const known = outcomes.flatMap((name) => information.get(name) ?? []);
  return known.length === 0 ? null : known.every((outcome) => outcome === 'ok');
}

function refusedIn(information: Information): number {
  return Number(/count=(\d+)/.exec(information.get('errorstat_OOM') ?? '')?.[1] ?? 0);
}

const orNull = <Value>(value: Value | undefined) => value ?? null;

/** What one look at a server found. */
export function measured(use: ServerUse, looked: Looked): Measured {
  const { information, state } = looked;
  const number = (name: string) => orNull(numberIn(information, name));
  return {
    use,
    version: orNull(state.version),
    usedBytes: number('used_memory'),
    peakBytes: number('used_memory_peak'),
    maxmemoryBytes: orNull(state.maxmemory),
    policy: orNull(state.policy),
    containerBytes: state.memory?.of === 'container' ? state.memory.bytes : null,
    bytesByKind: orNull(looked.bytesByKind),
    queueDepth: orNull(looked.queueDepth),
    evictedKeys: number('evicted_keys'),
    hits: number('keyspace_hits'),
    misses: number('keyspace_misses'),
    refused: refusedIn(information),
    fragmentation: number('mem_fragmentation_ratio'),
    appendOnly: orNull(state.appendOnly),
    persistenceOk: persistenceOk(information),
  };
}
