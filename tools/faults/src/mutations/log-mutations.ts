import type { Mutation } from './mutation.js';

const NUMBERING = 'apps/replayer/src/numbering/numbering.ts';

const replayer = (...patterns: string[]) => ({ project: 'apps/replayer', patterns });
const eventLog = (...patterns: string[]) => ({ project: 'libs/event-log', patterns });

/** The log: appending and numbering. */
export const logMutations: readonly Mutation[] = [
  {
    name: 'subject-lock',
    safeguard: 'subjects are locked before positions are drawn',
    file: 'libs/event-log/src/append.ts',
    edits: [{ find: 'where (select count(*) from locked) > 0\n', replace: '' }],
    tests: eventLog('src/append'),
  },
  {
    name: 'position-cache',
    safeguard: 'no session draws positions ahead',
    file: 'libs/event-log/src/migrations/1-log.ts',
    edits: [{ find: 'log.event_position cache 1;', replace: 'log.event_position cache 20;' }],
    tests: eventLog('src/append'),
  },
  {
    name: 'append-order',
    safeguard: 'positions are drawn in the order that was asked for',
    file: 'libs/event-log/src/append.ts',
    edits: [
      {
        find: 'order by ordinality\n',
        replace: 'order by ordinality desc\n',
      },
    ],
    tests: eventLog('src/append'),
  },
  {
    name: 'holes',
    safeguard: 'what commits late below the highest position is numbered',
    file: NUMBERING,
    edits: [
      {
        find: 'on e.position between hole.low and hole.high',
        replace: 'on e.position between hole.low and hole.high and false',
      },
    ],
    tests: replayer('src/numbering'),
  },
  {
    name: 'holes-forgotten-at-once',
    safeguard: 'a hole is forgotten only when nobody who could fill it is left',
    file: NUMBERING,
    edits: [
      {
        find: 'afterReading(reached, holders)',
        replace: 'afterReading(reached, new Set())',
      },
    ],
    tests: replayer('src/numbering'),
  },
  {
    name: 'holes-forgotten-before-a-round',
    safeguard: 'a hole is forgotten only if a round after the reading misses it too',
    file: NUMBERING,
    edits: [
      {
        find: 'forget(afterRound(before, positions), lost)',
        replace: 'forget(afterRound(before, positions), before.holes)',
      },
    ],
    tests: replayer('src/numbering'),
  },
  {
    name: 'settled-number',
    safeguard: 'a start of the replayer reads all numbers of positions that are not settled',
    file: 'apps/replayer/src/numbering/frontier.ts',
    edits: [
      {
        find: '({ position: frontier.highest, number: frontier.last }, above)',
        replace:
          '({ position: frontier.highest, number: frontier.last + positions.length }, above)',
      },
    ],
    tests: replayer('src/numbering/'),
  },
  {
    name: 'numbering-guard',
    safeguard: 'a round numbers only on from the number that this replayer remembers',
    file: NUMBERING,
    edits: [
      {
        find: '  where tip.last = $4\n',
        replace: '  where $4::bigint is not null\n',
      },
    ],
    tests: replayer('src/numbering'),
  },
  {
    name: 'lease-expiry',
    safeguard: 'a lease is taken from another one only when it has run out',
    file: 'apps/replayer/src/lease.ts',
    edits: [
      {
        find: 'where leases.holder = excluded.holder or leases.expires_at < now()',
        replace: 'where true',
      },
    ],
    tests: replayer('src/lease'),
  },
];
