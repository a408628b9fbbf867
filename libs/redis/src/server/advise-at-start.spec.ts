import { describe, expect, it } from '@jest/globals';
import { adviseAtStart, type ServerUse } from './advise-at-start.js';
import { recommendedMaxmemory } from './finding.js';
import type { ServerState } from './state.js';

const MIB = 1_024 * 1_024;
const container = (mib: number) => ({ bytes: mib * MIB, of: 'container' as const });

/** Nothing is to be said of these. */
const good: Readonly<Record<ServerUse, ServerState>> = {
  streams: {
    ...{ version: 'redis 7.0.15', runId: 'one', overcommit: 1, memory: container(1_632) },
    ...{ maxmemory: 1_024 * MIB, policy: 'noeviction' },
    ...{ appendOnly: true, appendSync: 'everysec', snapshots: false },
  },
  cache: {
    ...{ version: 'valkey 8.1.0', runId: 'two', overcommit: 0, memory: container(1_632) },
    ...{ maxmemory: 1_024 * MIB, policy: 'allkeys-lru' },
    ...{ appendOnly: false, appendSync: 'everysec', snapshots: false },
  },
  both: {
    ...{ version: 'redis 7.0.15', runId: 'one', overcommit: 1, memory: container(1_632) },
    ...{ maxmemory: 1_024 * MIB, policy: 'volatile-lru' },
    ...{ appendOnly: true, appendSync: 'everysec', snapshots: true },
  },
};

const codes = (use: ServerUse, change: Partial<ServerState>) =>
  adviseAtStart({ ...good[use], ...change }, use).map(({ code }) => code);

describe('what is said of a server at the start', () => {
  it('is nothing when it is set up well, but that streams and cache share it', () => {
    expect(codes('streams', {})).toEqual([]);
    expect(codes('cache', {})).toEqual([]);
    expect(codes('both', {})).toEqual(['shared-server']);
  });

  it.each<[ServerUse, string, Partial<ServerState>]>([
    ['streams', 'streams-evicted', { policy: 'allkeys-lru' }],
    ['streams', 'policy-without-use', { policy: 'volatile-ttl' }],
    ['streams', 'streams-not-on-disk', { appendOnly: false }],
    ['streams', 'append-sync', { appendSync: 'always' }],
    ['streams', 'append-sync', { appendSync: 'no' }],
    ['streams', 'overcommit', { overcommit: 0 }],
    ['streams', 'overcommit', { overcommit: 2 }],
    ['streams', 'no-maxmemory', { maxmemory: 0 }],
    ['streams', 'maxmemory-above-memory', { maxmemory: 1_632 * MIB }],
    ['streams', 'maxmemory-too-near', { maxmemory: 1_310 * MIB }],
    ['streams', 'maxmemory-small', { maxmemory: 1_000 * MIB }],
    ['cache', 'cache-refused', { policy: 'noeviction' }],
    ['cache', 'cache-on-disk', { appendOnly: true, overcommit: 1 }],
    ['cache', 'cache-on-disk', { snapshots: true, overcommit: 1 }],
  ])('of the %s is %s', (use, code, change) => {
    expect(codes(use, change)).toEqual([code]);
  });

  it('of a server for both is which policy harms whom', () => {
    expect(codes('both', { policy: 'allkeys-lru' })).toEqual(['streams-evicted', 'shared-server']);
    expect(codes('both', { policy: 'noeviction' })).toEqual(['shared-server', 'cache-refused']);
    const [worst] = adviseAtStart({ ...good.both, policy: 'allkeys-random' }, 'both');
    expect(worst).toMatchObject({
      severity: 'unsafe',
      cure: expect.stringContaining('volatile-lru'),
    });
  });

  it('names what could not be read, and guesses nothing', () => {
    const nothing = Object.fromEntries(Object.keys(good.streams).map((name) => [name, undefined]));
    const found = adviseAtStart(nothing as unknown as ServerState, 'streams');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      severity: 'unknown',
      what: expect.stringMatching(/maxmemory, .*save, vm.overcommit_memory, .* container/),
    });
  });

  it('of a machine is only that it has less than maxmemory', () => {
    const memory = { bytes: 8_192 * MIB, of: 'machine' as const };
    expect(codes('streams', { memory })).toEqual([]);
    expect(codes('streams', { memory, maxmemory: 8_000 * MIB })).toEqual([]);
    expect(codes('streams', { memory, maxmemory: 9_000 * MIB })).toEqual([
      'maxmemory-above-memory',
    ]);
  });
});

describe('what is recommended', () => {
  it('is three quarters of the container less 200 MB', () => {
    expect(recommendedMaxmemory(2_048 * MIB)).toBe(1_336 * MIB);
    expect(recommendedMaxmemory(100 * MIB)).toBe(0);
  });
});
