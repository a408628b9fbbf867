import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiPreconditionFailedResponse, ApiResponse } from '@nestjs/swagger';
import { Status } from '@skein/api';

/** Documents a read of one resource whose answer has an ETag. */
export function Tagged(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'If-None-Match', required: false, description: 'ETags that you have.' }),
    ApiResponse({ status: 304, description: 'You have what would be shown.' }),
  );
}

/** Documents a write that can be made on a condition. */
export function Conditional(): MethodDecorator {
  const description = 'ETags of earlier answers: only if the resource is as one of them says.';
  return applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description }),
    ApiPreconditionFailedResponse({ type: Status }),
  );
}
