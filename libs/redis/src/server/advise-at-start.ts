import { byUrgency, type Finding } from './finding.js';
import { adviseOnMaxmemory } from './memory-advice.js';
import type { ServerState } from './state.js';

/** What a server is for. */
export type ServerUse = 'streams' | 'cache' | 'both';

type Rule = (state: ServerState, use: ServerUse) => Finding | undefined;

const unsafe = (code: string, what: string, cure: string): Finding => ({
  ...{ code, severity: 'unsafe', what, cure },
});
const unwise = (code: string, what: string, cure: string): Finding => ({
  ...{ code, severity: 'unwise', what, cure },
});

const shared: Rule = (_state, use) =>
  use === 'both'
    ? unwise(
        'shared-server',
        'one server holds the streams and the cache: a full cache leaves the streams less room',
        'set SKEIN_CACHE_REDIS_URL to a server of its own',
      )
    : undefined;

const evictsStreams: Rule = ({ policy = '' }, use) =>
  use !== 'cache' && policy.startsWith('allkeys-')
    ? unsafe(
        'streams-evicted',
        `the server may evict streams (${policy}); Skein restores them, which takes time`,
        `set maxmemory-policy ${use === 'both' ? 'volatile-lru, which takes keys of the cache only' : 'noeviction'}`,
      )
    : undefined;

/** Streams never expire, so these policies evict none. */
const pointless: Rule = ({ policy = '' }, use) =>
  use === 'streams' && policy.startsWith('volatile-')
    ? unwise(
        'policy-without-use',
        `${policy} finds nothing to evict among streams`,
        'set maxmemory-policy noeviction',
      )
    : undefined;

const refusesContents: Rule = ({ policy }, use) =>
  use !== 'streams' && policy === 'noeviction'
    ? unwise(
        'cache-refused',
        'a full server refuses new contents (noeviction), which are then fetched again and again',
        `set maxmemory-policy ${use === 'both' ? 'volatile-lru' : 'allkeys-lru'}`,
      )
    : undefined;

const forgets: Rule = ({ appendOnly }, use) =>
  use !== 'cache' && appendOnly === false
    ? unwise(
        'streams-not-on-disk',
        'the streams are in memory only: Skein restores them after each restart, which takes time',
        'set appendonly yes and appendfsync everysec',
      )
    : undefined;

const syncs: Rule = ({ appendOnly, appendSync }, use) =>
  use !== 'cache' && appendOnly && appendSync !== undefined && appendSync !== 'everysec'
    ? unwise(
        'append-sync',
        `appendfsync is ${appendSync}: ${appendSync === 'always' ? 'each event waits for the disk' : 'a crash of the machine takes back much'}`,
        'set appendfsync everysec',
      )
    : undefined;

const keepsCache: Rule = ({ appendOnly, snapshots }, use) =>
  use === 'cache' && (appendOnly || snapshots)
    ? unwise(
        'cache-on-disk',
        'the cache is written to disk, although it may be lost at any time',
        'set appendonly no and save ""',
      )
    : undefined;

const overcommits: Rule = ({ overcommit, appendOnly, snapshots }) =>
  overcommit !== undefined && overcommit !== 1 && (appendOnly || snapshots)
    ? unsafe(
        'overcommit',
        `vm.overcommit_memory is ${overcommit}: writing its file anew can fail for lack of memory, and the file then grows`,
        'sysctl vm.overcommit_memory=1, and the same in /etc/sysctl.d/',
      )
    : undefined;

const rules: readonly Rule[] = [
  ...[shared, evictsStreams, pointless, refusesContents, forgets, syncs, keepsCache, overcommits],
];

const words: Readonly<Record<string, keyof ServerState>> = {
  maxmemory: 'maxmemory',
  'maxmemory-policy': 'policy',
  appendonly: 'appendOnly',
  save: 'snapshots',
  'vm.overcommit_memory': 'overcommit',
  'the memory of its container': 'memory',
};

function unknown(state: ServerState): Finding[] {
  const missing = Object.entries(words).filter(([, name]) => state[name] === undefined);
  if (missing.length === 0) return [];
  const what = `unknown: ${missing.map(([word]) => word).join(', ')}`;
  const cure = 'look at it where the server runs';
  return [{ code: 'unknown', severity: 'unknown', what, cure }];
}

/** What is unsafe or unwise about the way a server is set up, the worst first; and what is not known. */
export function adviseAtStart(state: ServerState, use: ServerUse): Finding[] {
  const found = rules.flatMap((rule) => rule(state, use) ?? []);
  return byUrgency([...adviseOnMaxmemory(state), ...found, ...unknown(state)]);
}
