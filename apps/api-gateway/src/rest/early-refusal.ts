import { statusOf } from '@skein/api';
import { VERSION, VERSION_HEADER } from './api-version.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** Why something is refused before any hook has run, which would say it as everything else does. */
export interface EarlyRefusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** The answer, as every other one is. */
export function answerOf({ code, reason, message }: EarlyRefusal) {
  const body = JSON.stringify(statusOf(code, reason, message));
  const headers = {
    ...SECURITY_HEADERS,
    [VERSION_HEADER]: VERSION,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  return { body, headers };
}
