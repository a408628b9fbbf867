import { Metadata, status as codes, type ServiceError } from '@grpc/grpc-js';
import { UnreadableMessage } from '@skein/api';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';
import { FAILED, refusalOf } from '../resources/refusal-of.js';
import type { RefusalCode } from '../resources/refused-request.js';
import { CallEnded } from './call.js';
import { WatchEnded } from './watch.js';
import { cut } from './cut.js';
import { errorInfo, refusalDetails, requestInfo, type Detail } from './refusal-details.js';

const refusals: Readonly<Record<RefusalCode, codes>> = {
  invalid: codes.INVALID_ARGUMENT,
  unauthorized: codes.UNAUTHENTICATED,
  forbidden: codes.PERMISSION_DENIED,
  'not-found': codes.NOT_FOUND,
  'not-acceptable': codes.INVALID_ARGUMENT,
  conflict: codes.FAILED_PRECONDITION,
  exists: codes.ALREADY_EXISTS,
  outdated: codes.ABORTED,
  expired: codes.OUT_OF_RANGE,
  precondition: codes.FAILED_PRECONDITION,
  'too-large': codes.INVALID_ARGUMENT,
  'media-type': codes.INVALID_ARGUMENT,
  mismatch: codes.INVALID_ARGUMENT,
  'too-many': codes.RESOURCE_EXHAUSTED,
  unsupported: codes.UNIMPLEMENTED,
  busy: codes.UNAVAILABLE,
};

const ends: Readonly<Record<CallEnded['code'], codes>> = {
  cancelled: codes.CANCELLED,
  deadline: codes.DEADLINE_EXCEEDED,
};

interface Answer {
  readonly code: codes;
  readonly message: string;
  readonly details: readonly Detail[];
}

function answerTo(error: unknown): Answer {
  if (error instanceof WatchEnded) {
    const { code, message, reason, position } = error;
    return { code, message, details: [errorInfo(reason, { resourceVersion: position })] };
  }
  if (error instanceof CallEnded)
    return { code: ends[error.code], message: error.message, details: [errorInfo(error.code)] };
  if (error instanceof UnreadableMessage) {
    const refusal = { code: 'invalid', message: error.message, details: {} } as const;
    return {
      code: codes.INVALID_ARGUMENT,
      message: error.message,
      details: refusalDetails(refusal),
    };
  }
  const refusal = refusalOf(error);
  if (!refusal) return { code: codes.INTERNAL, message: FAILED, details: [errorInfo('internal')] };
  const { code, message } = refusal;
  return { code: refusals[code], message, details: refusalDetails(refusal) };
}

/** As it travels; the details have more room for many problems. */
const MESSAGE_BYTES = 1_500;

/** Whether the gateway is at fault, or its surroundings, and not the client. */
export const isOurs = ({ code }: ServiceError): boolean =>
  code === codes.INTERNAL || code === codes.UNAVAILABLE;

/** An error as a client is told of it. Every message, stack and query of what went wrong here stays here. */
export function statusOf(error: unknown, requestId: string): ServiceError {
  const { code, message: whole, details: known } = answerTo(error);
  const message = cut(whole, MESSAGE_BYTES);
  const details = [...known, requestInfo(requestId)];
  const metadata = new Metadata();
  const bytes = Status.encode(Status.fromPartial({ code, message, details })).finish();
  metadata.set('grpc-status-details-bin', Buffer.from(bytes));
  return Object.assign(new Error(message), { code, details: message, metadata });
}
