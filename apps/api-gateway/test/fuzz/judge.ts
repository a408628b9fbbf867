/** What an answer must be, whatever was asked. */
import type { FuzzAnswer } from './client.js';
import type { FuzzRequest } from './plan.js';

type Loose = ReturnType<typeof JSON.parse>;

interface Message {
  readonly type: string | undefined;
  readonly body: unknown;
}

/** Holds an exchange against a document. */
export interface Document {
  deviations(exchange: {
    readonly method: string;
    readonly url: string;
    readonly request: Message;
    readonly response: Message & { readonly status: number };
  }): string[];
}

/** What the gateway answers wherever a request is not one that its operation knows. */
const refusals = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 417, 422, 429, 431, 501];

/** What the document of the gateway leaves unsaid. */
export const unsaid = {
  operations: [],
  unbuilt: [],
  parameters: {},
  statuses: Object.fromEntries(
    refusals.map((code) => [code, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']]),
  ),
  requestTypes: {},
  responseTypes: { 'text/event-stream': {}, 'application/problem+json': {} },
  members: {},
  optional: [],
};

/** The gateway's own document, and the one that it follows. */
export interface Documents {
  readonly own: Document;
  readonly reference: Document | undefined;
}

const BASE = '/api/v1';

const INSIDES = /node_modules|\.[jt]s:\d|\\n +at |syntax error at or near|TypeError/;

const typeOf = (header: unknown): string | undefined =>
  header === undefined ? undefined : String(header).split(';')[0]!.trim().toLowerCase();

function jsonOf(text: string): Loose {
  try {
    // A mark at its beginning is let through, as by browsers.
    return text === '' ? undefined : JSON.parse(text.replace('\ufeff', ''));
  } catch {
    return text;
  }
}

/** Refused below HTTP: there is no request yet that an id could be given to. */
const isUnread = ({ headers, status }: FuzzAnswer) =>
  headers['connection'] === 'close' && [400, 408, 431].includes(status);

function inHeaders({ target }: FuzzRequest, answer: FuzzAnswer): string[] {
  if (!target.startsWith('/api/')) return [];
  const wanted = ['flightctl-api-version', ...(isUnread(answer) ? [] : ['x-request-id'])];
  return wanted.filter((name) => !answer.headers[name]).map((name) => `has no ${name}`);
}

function inStatus({ status, text }: FuzzAnswer): string[] {
  const isUnsupported = status === 501 && text.includes('not supported yet');
  return status >= 500 && !isUnsupported ? [`${status}: ${text.slice(0, 200)}`] : [];
}

/** A body that has no meaning for its method is nobody's business, and null is none where none need be. */
const sentIn = ({ method, body }: FuzzRequest) =>
  ['GET', 'DELETE'].includes(method) ? undefined : (jsonOf(body?.toString() ?? '') ?? undefined);

function exchangeOf(request: FuzzRequest, answer: FuzzAnswer) {
  const { method, target, headers } = request;
  const isEmpty = method === 'HEAD' || answer.text === '';
  return {
    method,
    url: target,
    request: { type: typeOf(headers['content-type']), body: sentIn(request) },
    response: {
      status: answer.status,
      type: typeOf(answer.headers['content-type']),
      body: isEmpty ? undefined : jsonOf(answer.text),
    },
  };
}

interface Asked {
  readonly request: FuzzRequest;
  readonly answer: FuzzAnswer;
  readonly isSpoiled: boolean;
}

/** Members that a device reports beyond the reference are kept, and shown. */
const OWN_REPORT = /the response: (\/items\/\d+)?\/status\/\S+ must NOT have unevaluated/;

/**
 * What is let through though something was wrong with it is what the reference says nothing of: what nobody reads is not
 * looked at.
 */
function inReference({ request, answer, isSpoiled }: Asked, { reference }: Documents): string[] {
  const { target } = request;
  if (!target.startsWith(`${BASE}/`) || (isSpoiled && answer.status < 400)) return [];
  const exchange = { ...exchangeOf(request, answer), url: target.slice(BASE.length) };
  const found = reference?.deviations(exchange) ?? [];
  return found.filter((one) => !OWN_REPORT.test(one)).map((one) => `reference: ${one}`);
}

/** What is wrong with an answer; each as a sentence. */
export function faultsIn(asked: Asked, documents: Documents): string[] {
  const { request, answer } = asked;
  const isStream = typeOf(answer.headers['content-type']) === 'text/event-stream';
  const isRead = !isStream && !['HEAD', 'OPTIONS', 'TRACE'].includes(request.method);
  return [
    ...inStatus(answer),
    ...inHeaders(request, answer),
    ...(INSIDES.test(answer.text) ? [`tells of its insides: ${answer.text.slice(0, 300)}`] : []),
    ...(isRead ? documents.own.deviations(exchangeOf(request, answer)) : []),
    ...(isRead ? inReference(asked, documents) : []),
  ];
}
