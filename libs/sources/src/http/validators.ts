import type { Dispatcher } from 'undici';
import type { Probed } from '../probed.js';

/** What a server said of a body, so that it can be asked whether it is still the same. */
interface Validators {
  /** Where the body was: another address has its own. */
  readonly url: string;
  readonly etag?: string;
  readonly modified?: string;
}

const NOT_MODIFIED = 304;
/** A time in whole seconds tells nothing about a body that may have changed again within the same one. */
const SETTLED_MS = 2_000;
const LONGEST = 1_024;

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header.length <= LONGEST ? header : undefined;
}

function settledTime({ headers }: Dispatcher.ResponseData): string | undefined {
  const modified = textOf(headers['last-modified']);
  if (modified === undefined) return undefined;
  const age = Date.parse(textOf(headers.date) ?? '') - Date.parse(modified);
  return age >= SETTLED_MS ? modified : undefined;
}

/** What to keep of an answer with a body; undefined when the server gives nothing that helps. */
export function validatorsOf(answer: Dispatcher.ResponseData, url: URL): string | undefined {
  const etag = textOf(answer.headers.etag);
  const modified = settledTime(answer);
  if (etag === undefined && modified === undefined) return undefined;
  return JSON.stringify({ url: url.href, etag, modified } satisfies Validators);
}

function validatorsFor(url: URL, known: Probed | undefined): Validators | undefined {
  if (known?.validators === undefined) return undefined;
  const validators = JSON.parse(known.validators) as Validators;
  return validators.url === url.href ? validators : undefined;
}

/** The headers that ask for the body only if it is another one. */
export function conditionsFor(url: URL, known: Probed | undefined): Record<string, string> {
  const { etag, modified } = validatorsFor(url, known) ?? {};
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(modified !== undefined && { 'if-modified-since': modified }),
  };
}

/** Whether the server says so, and was asked. */
export function isUnchanged(
  { statusCode }: Dispatcher.ResponseData,
  url: URL,
  known: Probed | undefined,
): boolean {
  return statusCode === NOT_MODIFIED && validatorsFor(url, known) !== undefined;
}
