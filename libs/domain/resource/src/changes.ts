/** A place in which two JSON values differ. */
export interface Change {
  readonly what: 'added' | 'removed' | 'changed';
  /** A JSON Pointer (RFC 6901). */
  readonly path: string;
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members => value !== null && typeof value === 'object';
const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Where two JSON values differ, in their order. Lists are compared place by place.
 * @param limit changes at the most; the rest is left out
 */
export function changesOf(before: unknown, after: unknown, limit: number): Change[] {
  const found: Change[] = [];
  compare({ path: '', before, after }, found, limit);
  return found;
}

interface Pair {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

function compare({ path, before, after }: Pair, found: Change[], limit: number): void {
  if (found.length >= limit) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const pair = { before: before[key], after: after[key] };
      compare({ path: `${path}/${escaped(key)}`, ...pair }, found, limit);
    }
    return;
  }
  const what = whatOf(before, after);
  if (what) found.push({ what, path });
}

function whatOf(before: unknown, after: unknown): Change['what'] | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}
