import type { Mutation } from './mutation.js';

const FUNCTIONS = 'libs/event-log/src/consumer-functions.ts';
const CHECKPOINTER = 'apps/replayer/src/checkpoint/checkpointer.ts';
const CONSUME = 'libs/stream/src/consume-loop.ts';

const replayer = (...patterns: string[]) => ({ project: 'apps/replayer', patterns });
const eventLog = (...patterns: string[]) => ({ project: 'libs/event-log', patterns });
const stream = (...patterns: string[]) => ({ project: 'libs/stream', patterns });

/** Handling: the fence, the checkpoint, claims. */
export const handlingMutations: readonly Mutation[] = [
  {
    name: 'fence-checkpoint',
    safeguard: 'what the checkpoint has passed takes no effect again',
    file: FUNCTIONS,
    edits: [
      {
        find: '(n <= coalesce(reached, 0) or',
        replace: '(n < 0 or',
      },
    ],
    tests: eventLog('src/fence'),
  },
  {
    name: 'fence-inbox',
    safeguard: 'what the inbox has takes no effect again',
    file: FUNCTIONS,
    edits: [
      {
        find: 'where n not in (select number from inserted)',
        replace: 'where n < 0',
      },
    ],
    tests: eventLog('src/fence'),
  },
  {
    name: 'fence-event-id',
    safeguard: 'only the event that the log has under a number takes effect',
    file: FUNCTIONS,
    edits: [
      {
        find: ' and e.id::text = newest\n',
        replace: '\n',
      },
    ],
    tests: eventLog('src/fence'),
  },
  {
    name: 'retry-inbox',
    safeguard: 'a retry of what is done takes no effect',
    file: 'libs/event-log/src/consumer-log.ts',
    edits: [
      {
        find: '    return inserted.length > 0;',
        replace: '    return inserted.length >= 0;',
      },
    ],
    tests: eventLog('src/consumer-log'),
  },
  {
    name: 'acknowledge-after-commit',
    safeguard: 'a delivery is acknowledged after its commit',
    file: CONSUME,
    edits: [
      {
        find: '    this.begun = entries;\n',
        replace:
          '    this.begun = entries;\n    await this.settings.reader.acknowledge(entries);\n',
      },
    ],
    tests: stream('src/handling.'),
  },
  {
    name: 'claim-renewal',
    safeguard: 'a live handler renews its claim',
    file: CONSUME,
    edits: [
      {
        find: 'new Renewal(() => reader.renew(mine()), claimAfterMs / RENEWALS)',
        replace: 'new Renewal(() => reader.renew(mine().slice(0, 0)), claimAfterMs / RENEWALS)',
      },
    ],
    tests: stream('src/handling.', 'src/handing-over', 'src/life'),
  },
  {
    name: 'claim-renewal-ahead',
    safeguard: 'the claim of what was read ahead is renewed too',
    file: CONSUME,
    edits: [
      {
        find: '[...this.held, ...(this.ahead?.entries ?? [])]',
        replace: '[...this.held]',
      },
    ],
    tests: stream('src/read-ahead'),
  },
  {
    name: 'renewal-of-own-claims',
    safeguard: 'a claim is renewed only while it is still owned',
    file: 'libs/stream/src/reader-scripts.ts',
    edits: [
      {
        find: "if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2]) > 0 then",
        replace: 'if true then',
      },
    ],
    tests: stream('src/reader.'),
  },
  {
    name: 'checkpoint-confirmed',
    safeguard: 'the checkpoint passes nothing that PostgreSQL does not know as done',
    file: CHECKPOINTER,
    edits: [
      {
        find: 'return (await transaction.query(healHoles(group), [partition, from, to])).length;',
        replace: 'return 0 * healHoles(group).length * partition;',
      },
    ],
    tests: replayer('src/checkpoint/checkpoint'),
  },
  {
    name: 'appending-waits-for-the-disk',
    safeguard:
      'only handling that appends nothing and is shown to nobody may be taken back by a crash',
    file: 'libs/task/src/handling.ts',
    edits: [{ find: 'if (count === 0 && !this.task.isShown) transaction', replace: 'transaction' }],
    tests: { project: 'libs/task', patterns: ['src/batch-unit'] },
  },
  {
    name: 'checkpoint-from-where-it-was',
    safeguard: 'the checkpoint moves only from where it was read',
    file: CHECKPOINTER,
    edits: [
      {
        find: 'where service = $1 and partition = $2 and number = $3\n',
        replace: 'where service = $1 and partition = $2 and $3::bigint is not null\n',
      },
    ],
    tests: replayer('src/checkpoint'),
  },
  {
    name: 'prune-lock',
    safeguard: 'pruning waits for retries that are being put down',
    file: FUNCTIONS,
    edits: [
      {
        find: '  if above is null or reached <= above then return; end if;\n  lock table ${schema}.retries, ${schema}.parked in share row exclusive mode;\n',
        replace: '  if above is null or reached <= above then return; end if;\n',
      },
    ],
    tests: replayer('src/checkpoint/checkpointer'),
  },
  {
    name: 'attempt-before-handling',
    safeguard: 'what was delivered before is counted before it is handled',
    file: 'libs/task/src/batch-unit.ts',
    edits: [
      {
        find: '      if (await this.consumer.tryAgain(sequence, this.schedule.attemptAfter(0)))\n        await this.attempt(sequence, dispatch);',
        replace:
          '      await this.handle([delivered], dispatch, 0);\n      if (sequence < 0) await this.attempt(sequence, dispatch);',
      },
    ],
    tests: { project: 'libs/task', patterns: ['src/attempts'] },
  },
  {
    name: 'order-in-runs',
    safeguard: 'what is said about one thing is handled in order',
    file: 'libs/task/src/runs.ts',
    edits: [
      {
        find: 'Math.max(last, lastOf.get(thing) ?? 0)',
        replace: 'Math.max(last, 0)',
      },
    ],
    tests: { project: 'libs/task', patterns: ['src/runs'] },
  },
  {
    name: 'suspect-alone',
    safeguard: 'an event whose process ended is tried while nothing else is handled',
    file: 'libs/task/src/batch-unit.ts',
    edits: [
      {
        find: "const mode = retry.suspect ? 'exclude' : 'share';",
        replace: "const mode = 'share';",
      },
    ],
    tests: { project: 'libs/task', patterns: ['src/attempts'] },
  },
  {
    name: 'aspect-guard',
    safeguard: 'an older event does not overwrite an aspect',
    file: 'apps/selector-service/src/selector.view.ts',
    edits: [
      {
        find: '  set selector = excluded.selector, selector_number = excluded.selector_number\n  where excluded.selector_number > f.selector_number`;',
        replace: '  set selector = excluded.selector, selector_number = excluded.selector_number`;',
      },
    ],
    tests: { project: 'apps/selector-service', patterns: ['src/selector.integration'] },
  },
  {
    name: 'tombstone',
    safeguard: 'the sweep leaves deleted devices alone',
    file: 'apps/selector-service/src/selector.view.ts',
    edits: [
      {
        find: 'where not deleted and matched_labels_version is distinct from labels_version',
        replace: 'where matched_labels_version is distinct from labels_version',
      },
    ],
    tests: { project: 'apps/selector-service', patterns: ['src'] },
  },
];
