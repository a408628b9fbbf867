import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiHeader,
  ApiQuery,
  type ApiBodyOptions,
  ApiUnprocessableEntityResponse,
  ApiUnsupportedMediaTypeResponse,
  ApiPreconditionFailedResponse,
  ApiResponse,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Status } from '@skein/api';
import { Answers } from './documented.js';
import { TAGGED } from './entity-tags.js';
import { PATCH_TYPES } from './patch-body.js';

/** A read of one resource: its answer has an ETag. */
export function Tagged(): MethodDecorator {
  return applyDecorators(
    RouteConfig(TAGGED),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'ETags that you have.' }),
    ApiResponse({ status: 304, description: 'You have what would be shown.' }),
  );
}

/** A write that can be made on a condition: its answer has an ETag. */
export function Conditional(): MethodDecorator {
  const description = 'ETags of earlier answers: only if the resource is as one of them says.';
  return applyDecorators(
    RouteConfig(TAGGED),
    ApiHeader({ name: 'If-Match', required: false, description }),
    ApiPreconditionFailedResponse({ type: Status }),
  );
}

type Schema = NonNullable<Extract<ApiBodyOptions, { schema: unknown }>['schema']>;

const jsonPatchSchema: Schema = {
  description: 'JSON Patch, RFC 6902.',
  type: 'array',
  maxItems: 100,
  items: {
    type: 'object',
    required: ['op', 'path'],
    properties: {
      op: { type: 'string', enum: ['add', 'replace', 'remove', 'test'] },
      path: { type: 'string', description: 'A JSON pointer, RFC 6901.' },
      value: { description: 'Any value; for all but remove.' },
    },
  },
};

const mergePatchSchema: Schema = {
  description: 'JSON Merge Patch, RFC 7396.',
  type: 'object',
  additionalProperties: true,
};

/** Documents a route that patches a resource of this type. */
export function Patches(type: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiConsumes(...PATCH_TYPES),
    ApiBody({ schema: { oneOf: [jsonPatchSchema, mergePatchSchema] } }),
    Answers(type),
    ApiConflictResponse({ type: Status, description: 'A test failed, or another version.' }),
    ApiUnsupportedMediaTypeResponse({ type: Status }),
  );
}

/** Documents a write that can be rehearsed. */
export function Rehearsable(): MethodDecorator {
  const description =
    'All: everything is checked and answered as it would be, and nothing is written. With ' +
    '`Accept: application/json-patch+json` the answer is what would change.';
  return ApiQuery({ name: 'dryRun', required: false, enum: ['All'], description });
}

/** A creation that can be asked for again without being done again: its answer has an ETag. */
export function Repeatable(): MethodDecorator {
  const description = 'Under the same key, within 24 hours, nothing is created again.';
  return applyDecorators(
    RouteConfig(TAGGED),
    ApiHeader({ name: 'Idempotency-Key', required: false, description }),
    ApiUnprocessableEntityResponse({ type: Status, description: 'The key has another request.' }),
  );
}
