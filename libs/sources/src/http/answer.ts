import type { Dispatcher } from 'undici';
import { SourceError } from '../source-error.js';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Where the answer sends us, if it does. */
export function redirectOf(answer: Dispatcher.ResponseData, from: URL): URL | undefined {
  if (!REDIRECTS.has(answer.statusCode)) return undefined;
  const { location } = answer.headers;
  const target = typeof location === 'string' ? URL.parse(location, from.href) : null;
  if (!target)
    throw new SourceError('invalid', `the server redirects (${answer.statusCode}) to nowhere`);
  target.hash = '';
  return target;
}

const NO_CREDENTIALS = new Set([401, 403]);
const NOTHING_THERE = new Set([404, 410]);
const LATER = new Set([408, 429]);

export function checkStatus({ statusCode, headers }: Dispatcher.ResponseData): void {
  if (statusCode === 200) return checkEncoding(headers['content-encoding']);
  const answered = `the server answered ${statusCode}`;
  if (NO_CREDENTIALS.has(statusCode)) {
    throw new SourceError('denied', `${answered}: the credentials are missing or not sufficient`);
  }
  if (NOTHING_THERE.has(statusCode)) {
    throw new SourceError('not-found', `${answered}: nothing is there`);
  }
  const later = statusCode >= 500 || LATER.has(statusCode);
  throw new SourceError(later ? 'unreachable' : 'invalid', answered);
}

function checkEncoding(encoding: string | string[] | undefined): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw new SourceError(
    'invalid',
    `the server compresses (${String(encoding)}) although it was asked not to`,
  );
}

/** The body, never more of it in memory than the limit (bytes). */
export async function readBody(answer: Dispatcher.ResponseData, limit: number): Promise<Buffer> {
  const tooLarge = new SourceError('too-large', `the answer is larger than ${limit} bytes`);
  if (Number(answer.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A client's or a socket's error in words for people; only its code is told, never its text. */
export function connectionError(error: unknown, host: string): SourceError {
  if (error instanceof SourceError) return error;
  const code = String((error as { code?: unknown }).code ?? 'unknown error');
  if (/CERT|TLS_|SELF_SIGNED|ISSUER/.test(code) && !code.startsWith('ERR_OSSL')) {
    return new SourceError('unreachable', `the certificate of ${host} is not trusted (${code})`);
  }
  if (/^ERR_(OSSL|CRYPTO)/.test(code)) {
    return new SourceError('invalid', `the client certificate, key or CA cannot be used (${code})`);
  }
  return new SourceError('unreachable', `no answer from ${host} (${code})`);
}
