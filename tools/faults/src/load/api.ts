import { authorization } from './access.js';

/** How the API answered a write: with the object's version, with a refusal, or not at all. */
export type Answer =
  | { readonly kind: 'saved'; readonly version: number }
  | { readonly kind: 'refused' | 'unanswered'; readonly reason: string };

export interface Body {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What came back: a status with a body, or nothing. */
export type Reply =
  | { readonly status: number; readonly text: string }
  | { readonly status: undefined; readonly reason: string };

const answerWithinMs = 10_000;

/** Never throws. */
export async function request(
  url: string,
  init: RequestInit = {},
  withinMs: number = answerWithinMs,
): Promise<Reply> {
  const timeout = AbortSignal.timeout(withinMs);
  const start = performance.now();
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  try {
    const headers = { authorization, ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, signal });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message || String(cause) : message;
    const afterMs = Math.round(performance.now() - start);
    return { status: undefined, reason: `${why} after ${afterMs} ms` };
  }
}

export const urlOf = (baseUrl: string, path: string): string => `${baseUrl}/api/v1/${path}`;

function answerOf(said: string, reply: Reply): Answer {
  if (reply.status === undefined) return { kind: 'unanswered', reason: `${said}: ${reply.reason}` };
  const { status, text } = reply;
  if (status >= 300) {
    return { kind: 'refused', reason: `${said}: ${status} ${text.slice(0, 200)}` };
  }
  const { metadata } = JSON.parse(text) as Body;
  return { kind: 'saved', version: Number(metadata?.resourceVersion ?? 0) };
}

/** Creates or replaces a resource. Never throws. */
export async function put(baseUrl: string, path: string, body: object): Promise<Answer> {
  const init = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const url = urlOf(baseUrl, path);
  return answerOf(`PUT ${url}`, await request(url, init));
}

/** Deletes a resource. Never throws; the version means nothing. */
export async function remove(baseUrl: string, path: string): Promise<Answer> {
  const url = urlOf(baseUrl, path);
  return answerOf(`DELETE ${url}`, await request(url, { method: 'DELETE' }));
}

/** What a device is to run, newer than what it knows; undefined when nothing is, or nobody answered. Never throws. */
export async function rendered(
  baseUrl: string,
  device: string,
  known: { readonly version: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const path = `devices/${device}/rendered?knownRenderedVersion=${known.version}`;
  const reply = await request(urlOf(baseUrl, path), { signal: known.signal });
  if (reply.status !== 200) return undefined;
  const { metadata } = JSON.parse(reply.text) as Body;
  return metadata?.annotations?.['device-controller/renderedVersion'];
}
