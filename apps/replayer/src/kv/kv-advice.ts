import { asSetting, containerFor, recommendedMaxmemory, type Finding } from '@skein/redis';
import { growth, HISTORY_MINUTES, hitRatio, type History } from './history.js';
import type { Measured } from './kv-figures.js';

/** What happened in the last minutes is happening. */
const NOW_MINUTES = 5;
const GOOD_HIT_RATIO = 0.8;
const LITTLE = 0.5;
/** By so much more, or less, at a time. */
const STEP = 1.5;

/** `unwise`, as it stands; the sizes are those to go to. */
interface Rule {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly what: (figures: Measured, history: History) => string | undefined;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

const more: readonly Rule[] = [
  {
    code: 'delayed-by-memory',
    severity: 'unsafe',
    what: ({ use }, history) => {
      const refused = growth(history, 'refused', NOW_MINUTES);
      const harm = use === 'cache' ? 'contents are not kept' : 'publishing waits';
      return refused > 0
        ? `memory is full: ${refused} commands were refused in the last minutes, and ${harm}`
        : undefined;
    },
  },
  {
    code: 'evictions-rising',
    severity: 'unwise',
    what: (_figures, history) => {
      const evicted = growth(history, 'evicted', NOW_MINUTES);
      return evicted > 0 ? `${evicted} keys were evicted in the last minutes` : undefined;
    },
  },
  {
    code: 'low-hit-ratio',
    severity: 'unwise',
    what: ({ use }, history) => {
      const ratio = use === 'streams' ? undefined : hitRatio(history);
      return ratio !== undefined && ratio < GOOD_HIT_RATIO
        ? `only ${percent(ratio)} of what was looked up was there`
        : undefined;
    },
  },
];

/** The size to go to: what the container allows, else by a step, with a container for it. */
function larger({ maxmemoryBytes, containerBytes }: Measured): string {
  if (!maxmemoryBytes) return 'give the server more memory';
  const allowed = containerBytes === null ? 0 : recommendedMaxmemory(containerBytes);
  if (allowed > maxmemoryBytes) return `set maxmemory ${asSetting(allowed)}`;
  const next = maxmemoryBytes * STEP;
  return `set maxmemory ${asSetting(next)}, in a container of ${asSetting(containerFor(next))}`;
}

function smaller(maxmemoryBytes: number, most: number): string {
  const next = Math.max(maxmemoryBytes / STEP, (maxmemoryBytes * most) / 0.7);
  return `maxmemory ${asSetting(next)}, in a container of ${asSetting(containerFor(next))}, is enough`;
}

/** Nothing is said of less than an hour: a fleet may be asleep. */
function unused({ maxmemoryBytes }: Measured, history: History): Finding[] {
  const fills = history.flatMap(({ fill }) => fill ?? []);
  const most = Math.max(...fills);
  const isLong = fills.length >= HISTORY_MINUTES - 1;
  if (!maxmemoryBytes || !isLong || most >= LITTLE) return [];
  const what = `never more than ${percent(most)} of maxmemory was used in the last hour`;
  return [{ code: 'memory-unused', severity: 'unwise', what, cure: smaller(maxmemoryBytes, most) }];
}

/** Whether the server should have more memory, or less. */
export function adviseOnSize(figures: Measured, history: History): Finding[] {
  const found = more.flatMap(({ code, severity, what }) => {
    const text = what(figures, history);
    return text === undefined ? [] : [{ code, severity, what: text, cure: larger(figures) }];
  });
  return found.length > 0 ? found : unused(figures, history);
}

/** Writing to disk failed. */
export function adviseOnPersistence({ persistenceOk }: Measured): Finding[] {
  if (persistenceOk !== false) return [];
  return [
    {
      code: 'persistence-fails',
      severity: 'unsafe',
      what: 'the last write of the append-only file, its rewrite or a snapshot failed',
      cure: 'look into the log of the server: its disk is full, or a fork had no memory (vm.overcommit_memory)',
    },
  ];
}
