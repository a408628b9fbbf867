import {
  BadRequest,
  ErrorInfo,
  PreconditionFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from 'nice-grpc-error-details';
import { retryAfterOf, type Refusal } from '../resources/refusal-of.js';
import { cut } from './cut.js';

/** A message of google.rpc that says more of an error. */
export interface Detail {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

interface Type<Part> {
  readonly $type: string;
  fromPartial(part: Part): unknown;
  encode(message: never): { finish(): Uint8Array };
}

function detail<Part>(type: Type<Part>, part: Part): Detail {
  const value = type.encode(type.fromPartial(part) as never).finish();
  return { typeUrl: `type.googleapis.com/${type.$type}`, value };
}

const DOMAIN = 'skein';

/** `not-found` as programs read it: `NOT_FOUND`. */
const reasonOf = (code: string) => code.replaceAll('-', '_').toUpperCase();

export function errorInfo(code: string, metadata: Record<string, string> = {}): Detail {
  return detail(ErrorInfo, { reason: reasonOf(code), domain: DOMAIN, metadata });
}

export const requestInfo = (requestId: string): Detail => detail(RequestInfo, { requestId });

/** So many problems are told, of which each may have so many bytes. */
const MOST_PROBLEMS = 10;
const TEXT_BYTES = 160;

function violation(problem: string): { field: string; description: string } {
  const [, field = '', description = problem] = /^([^\s:]+): ([^]*)$/.exec(problem) ?? [];
  return { field: cut(field, TEXT_BYTES), description: cut(description, TEXT_BYTES) };
}

const invalid = ['invalid', 'too-large', 'mismatch'];
const preconditions = ['precondition', 'outdated', 'conflict'];

/** What is said of a refusal beyond its sentence. */
export function refusalDetails(refusal: Refusal): Detail[] {
  const { code, message, details } = refusal;
  const { problems = [message], resource } = details;
  const found = [errorInfo(code)];
  if (invalid.includes(code))
    found.push(
      detail(BadRequest, { fieldViolations: problems.slice(0, MOST_PROBLEMS).map(violation) }),
    );
  if (preconditions.includes(code)) {
    const { field: subject, description } = violation(message);
    const violations = [{ type: reasonOf(code), subject, description }];
    found.push(detail(PreconditionFailure, { violations }));
  }
  if (resource) {
    const resourceName = cut(resource.name, TEXT_BYTES);
    found.push(detail(ResourceInfo, { resourceType: resource.kind, resourceName }));
  }
  const seconds = retryAfterOf(refusal);
  if (seconds !== undefined) found.push(detail(RetryInfo, { retryDelay: { seconds } }));
  return found;
}
