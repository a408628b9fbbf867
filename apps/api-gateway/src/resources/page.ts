import { createHash } from 'node:crypto';
import { RefusedRequest } from './refused-request.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What a list request asks for, as text. */
export type ListQuery = Readonly<Record<string, string | string[] | undefined>>;

export interface PageRequest {
  readonly limit: number;
  /** The key of the last item of the page before. */
  readonly after: string | null;
  /** The position of the first page. */
  readonly at?: string | undefined;
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

function decoded(token: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  } catch {
    // The same as a token of something else.
  }
  return {};
}

function placeOf(kind: string, token: string, criteria: string | undefined) {
  const { kind: of, after, criteria: other, at } = decoded(token);
  if (of !== kind || typeof after !== 'string') throw noPosition(kind);
  if (other === criteria) return { after, at: typeof at === 'string' ? at : undefined };
  throw new RefusedRequest(
    'invalid',
    'continue: is from a list with other criteria, or of another organisation; repeat the same ones, or begin without it',
  );
}

/** The criteria of a list without selectors: of whom it is, and of what. */
export function criteriaOf(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

export function noPosition(kind: string): RefusedRequest {
  return new RefusedRequest('invalid', `continue: is not a position in a list of ${kind}`);
}

/** What a list can do beyond pages. */
export interface ListAbilities {
  /** Parameters that it takes, and others do not. */
  readonly takes: readonly string[];
  /** What it was asked for; a position is good for the same criteria only. */
  readonly criteria: string;
}

/** @throws RefusedRequest */
export function pageRequest(
  kind: string,
  query: ListQuery,
  abilities?: ListAbilities,
): PageRequest {
  const asked = unsupported.filter(
    (name) => query[name] !== undefined && !abilities?.takes.includes(name),
  );
  if (asked.length > 0) {
    throw new RefusedRequest('unsupported', `${asked.join(', ')}: not supported yet`);
  }
  const { limit, continue: token } = query;
  return {
    limit: limit === undefined ? DEFAULT_LIMIT : limitOf(String(limit)),
    ...(token === undefined ? { after: null } : placeOf(kind, String(token), abilities?.criteria)),
  };
}

/**
 * The metadata of a list.
 * @param at its position, which all pages share
 */
export function listMetadata(
  kind: string,
  { next, remaining }: Partial<Page<unknown>>,
  criteria?: string,
  at?: string,
) {
  const position = at === undefined ? {} : { resourceVersion: at };
  if (next === undefined) return position;
  const place = { kind, after: next, criteria, at };
  const token = Buffer.from(JSON.stringify(place)).toString('base64url');
  return {
    ...position,
    continue: token,
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  };
}
