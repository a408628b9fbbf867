import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiQuery,
} from '@nestjs/swagger';
import { Status } from '@skein/api';

/** Documents a route that answers one resource. */
export function Answers(type: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({ type }),
    ApiBadRequestResponse({ type: Status }),
    ApiNotFoundResponse({ type: Status }),
  );
}

/** Documents a route that answers a list in pages. */
export function AnswersPages(type: Type<unknown>): MethodDecorator {
  const limit = { type: 'integer', minimum: 0, maximum: 1_000, default: 100 } as const;
  return applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: limit, description: 'Items in one page.' }),
    ApiQuery({ name: 'continue', required: false, description: 'From the page before.' }),
    ApiOkResponse({ type }),
    ApiBadRequestResponse({ type: Status }),
  );
}

/** Documents `addDevicesSummary`. */
export function MaySummarise(): MethodDecorator {
  const description = 'Also count the devices of the fleet by their statuses.';
  return ApiQuery({ name: 'addDevicesSummary', required: false, type: Boolean, description });
}
