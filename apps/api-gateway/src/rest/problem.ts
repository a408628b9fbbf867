import { STATUS_CODES } from 'node:http';
import type { Status } from '@skein/api';

export const PROBLEM_JSON = 'application/problem+json';

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
