import type { Mutation } from './mutation.js';

const SCRIPTS = 'apps/replayer/src/publishing/scripts.ts';
const CHECKPOINTER = 'apps/replayer/src/checkpoint/checkpointer.ts';
const DETOURS = 'apps/replayer/src/routing/detours.ts';

const replayer = (...patterns: string[]) => ({ project: 'apps/replayer', patterns });

/** The streams: publishing and restoring. */
export const streamMutations: readonly Mutation[] = [
  {
    name: 'compare-and-append',
    safeguard: 'an append holds only if the last entry is the one that was read',
    file: SCRIPTS,
    edits: [
      {
        find: "if stream[i] == 'last-generated-id' and stream[i + 1] ~= ARGV[1] then return false end",
        replace: '',
      },
    ],
    tests: replayer('src/publishing/publisher', 'src/publishing/stream', 'window.model'),
  },
  {
    name: 'append-needs-a-stream',
    safeguard: 'nothing is appended to a stream that is gone',
    file: SCRIPTS,
    edits: [
      {
        find: "export const APPEND = `\nif redis.call('EXISTS', KEYS[1]) == 0 then return false end\nlocal stream = redis.call('XINFO', 'STREAM', KEYS[1])",
        replace:
          "export const APPEND = `\nlocal stream = redis.call('EXISTS', KEYS[1]) == 1 and redis.call('XINFO', 'STREAM', KEYS[1]) or {}",
      },
    ],
    tests: replayer('src/publishing/stream', 'src/publishing/restore'),
  },
  {
    name: 'start-point',
    safeguard: 'a new stream begins after its checkpoint, also for Redis',
    file: SCRIPTS,
    edits: [
      {
        find: "redis.call('XSETID', KEYS[1], ARGV[2])\n",
        replace: '',
      },
    ],
    tests: replayer('src/publishing'),
  },
  {
    name: 'delete-only-what-was-seen',
    safeguard: 'only the damaged stream that was looked at is deleted',
    file: SCRIPTS,
    edits: [
      {
        find: "if (first[1] and first[1][1] or '') ~= ARGV[2] then return 0 end\n",
        replace: '',
      },
    ],
    tests: replayer('src/publishing/stream'),
  },
  {
    name: 'lost-history',
    safeguard: 'nothing is appended to an entry that the log lost',
    file: 'apps/replayer/src/publishing/publisher.ts',
    edits: [
      {
        find: 'known.lastEvent !== undefined && known.lastEvent !== before',
        replace: 'known.lastEvent === before && before === undefined && known.last < 0',
      },
    ],
    tests: replayer('src/publishing/publisher'),
  },
  {
    name: 'window',
    safeguard: 'a full window stops the stream from growing',
    file: 'apps/replayer/src/publishing/window.ts',
    edits: [
      {
        find: 'return filled.entries < this.limits.entries && bytes <= this.limits.bytes;',
        replace: 'return bytes >= 0;',
      },
    ],
    tests: replayer('src/publishing/publisher', 'window.model'),
  },
  {
    name: 'detour-checkpoint',
    safeguard: 'the detour never gets ahead of the regular partitions',
    file: CHECKPOINTER,
    edits: [
      {
        find: 'case when $2 = ${DETOUR} then',
        replace: 'case when $2 = -1 then',
      },
    ],
    tests: replayer('src/routing'),
  },
  {
    name: 'detour',
    safeguard: 'an organisation that fills a stream takes the detour',
    file: DETOURS,
    edits: [
      {
        find: 'if (partition === DETOUR) return;',
        replace: 'if (partition >= 0) return;',
      },
    ],
    tests: replayer('src/routing/detours'),
  },
];
