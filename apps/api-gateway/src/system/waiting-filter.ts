import { groups, type Group } from '@skein/events';
import { RefusedRequest } from '../resources/refused-request.js';

/** Which of the waiting events are meant; what is not said is any. */
export interface WaitingFilter {
  readonly service?: Group;
  readonly type?: string;
  readonly org?: string;
  readonly since?: string;
}

type Loose = Readonly<Record<string, unknown>>;
type Check = (value: string) => boolean;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const isGroup = (value: string): value is Group => groups.some((group) => group === value);

const criteria = new Map<string, readonly [is: Check, must: string]>([
  ['service', [isGroup, `must be one of ${groups.join(', ')}`]],
  ['type', [(value) => value.length > 0 && !value.includes('\0'), 'must be the type of an event']],
  ['org', [(value) => UUID.test(value), 'must be the uid of an organisation']],
  [
    'since',
    [(value) => TIME.test(value) && !Number.isNaN(Date.parse(value)), 'must be an RFC 3339 time'],
  ],
]);
const names = [...criteria.keys()].join(', ');

function problemOf([name, value]: readonly [string, unknown], others: readonly string[]) {
  if (others.includes(name)) return undefined;
  const [is, must] = criteria.get(name) ?? [];
  if (!is) return `${name}: is no criterion; there are ${names}`;
  return typeof value === 'string' && is(value) ? undefined : `${name}: ${must}`;
}

/**
 * Reads the criteria of a request; `others` are the members that mean something else.
 * @throws RefusedRequest naming everything that is wrong
 */
export function waitingFilter(asked: Loose, others: readonly string[]): WaitingFilter {
  const problems = Object.entries(asked).map((entry) => problemOf(entry, others));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new RefusedRequest('invalid', found.join('; '));
  return Object.fromEntries(Object.entries(asked).filter(([name]) => !others.includes(name)));
}

/** A query says it in text. */
function meansAll({ all = false }: Loose): boolean {
  if (typeof all === 'boolean') return all;
  if (all === 'true') return true;
  throw new RefusedRequest('invalid', 'all: must be true');
}

/** The criteria of a request that changes things: it must say which, or that it means all. */
export function explicitFilter(asked: unknown): WaitingFilter {
  const given = asked !== null && typeof asked === 'object' && !Array.isArray(asked) ? asked : {};
  const filter = waitingFilter(given as Loose, ['all']);
  const isForAll = meansAll(given as Loose);
  if (isForAll || Object.keys(filter).length > 0) return filter;
  throw new RefusedRequest('invalid', `say which are meant (${names}), or all: true`);
}

/** @throws RefusedRequest */
export function serviceOf(text: string): Group {
  if (isGroup(text)) return text;
  throw new RefusedRequest('not-found', `there is no service ${text}`);
}

/** @throws RefusedRequest */
export function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RefusedRequest('invalid', 'number: must be the number of an event');
}
