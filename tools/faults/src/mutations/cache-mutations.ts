import type { Mutation } from './mutation.js';

const tests = { project: 'libs/cache', patterns: ['src/cache'] };

/** The cache: one value, and one fetch for all who ask. */
export const cacheMutations: readonly Mutation[] = [
  {
    name: 'cache-first-writer',
    safeguard: 'the first to write decides what all get',
    file: 'libs/cache/src/scripts.ts',
    edits: [
      {
        find: "if found then return found end\nredis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])",
        replace: "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])",
      },
    ],
    tests,
  },
  {
    name: 'cache-one-fetch',
    safeguard: 'a content is fetched once for all who ask',
    file: 'libs/cache/src/scripts.ts',
    edits: [
      {
        find: "if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end\nreturn 0",
        replace: 'return 1',
      },
    ],
    tests,
  },
  {
    name: 'cache-lease-renewed',
    safeguard: 'who fetches slowly and is alive is waited for',
    file: 'libs/cache/src/content-cache.ts',
    edits: [{ find: 'setInterval(renew, leaseMs / 3)', replace: 'setInterval(renew, 1e9)' }],
    tests,
  },
];
