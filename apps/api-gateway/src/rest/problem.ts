import { STATUS_CODES } from 'node:http';
import type { Status } from '@skein/api';
import { mediaWeight } from './media-weight.js';

export const PROBLEM_JSON = 'application/problem+json';

/** Whether the client names problem documents, and likes plain JSON no better. */
export function asksForProblem(accept: string | undefined): boolean {
  const weight = mediaWeight(accept, PROBLEM_JSON);
  return weight > 0 && weight >= mediaWeight(accept, 'application/json');
}

/** A failure as RFC 9457 writes it. The type says no more than the code, so the title is that of the code. */
export function problemOf({ code, reason, message }: Status, requestId: string) {
  return {
    type: 'about:blank',
    title: STATUS_CODES[code] ?? reason,
    status: code,
    detail: message,
    reason,
    requestId,
  };
}
