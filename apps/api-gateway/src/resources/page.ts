import { RefusedRequest } from './refused-request.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What a list request asks for, as text. */
export type ListQuery = Readonly<Record<string, string | string[] | undefined>>;

export interface PageRequest {
  readonly limit: number;
  /** The key of the last item of the page before. */
  readonly after: string | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** How many follow; undefined when nobody counted. */
  readonly remaining?: number;
  /** The key to go on with; undefined on the last page. */
  readonly next: string | undefined;
}

/** Parts of the contract that are not built yet: better refused than ignored. */
const unsupported = [
  'labelSelector',
  'fieldSelector',
  'summaryOnly',
  'cveId',
  'order',
  'watch',
  'dryRun',
];

function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit > MAX_LIMIT) {
    throw new RefusedRequest('invalid', `limit: must be a whole number from 0 to ${MAX_LIMIT}`);
  }
  return limit || DEFAULT_LIMIT;
}

function afterOf(kind: string, token: string): string {
  try {
    const decoded = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    if (decoded['kind'] === kind && typeof decoded['after'] === 'string') return decoded['after'];
  } catch {
    // Said below.
  }
  throw new RefusedRequest('invalid', `continue: is not a position in a list of ${kind}`);
}

/** @throws RefusedRequest */
export function pageRequest(kind: string, query: ListQuery): PageRequest {
  const asked = unsupported.filter((name) => query[name] !== undefined);
  if (asked.length > 0) {
    throw new RefusedRequest('unsupported', `${asked.join(', ')}: not supported yet`);
  }
  const { limit, continue: token } = query;
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : limitOf(String(limit)),
    after: token === undefined ? null : afterOf(kind, String(token)),
  };
}

/** The metadata of a list. */
export function listMetadata(kind: string, { next, remaining }: Page<unknown>) {
  if (next === undefined) return {};
  const token = Buffer.from(JSON.stringify({ kind, after: next })).toString('base64url');
  return { continue: token, ...(remaining !== undefined && { remainingItemCount: remaining }) };
}
