import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiQuery,
} from '@nestjs/swagger';
import { Status } from '@skein/api';
import type { Selectable } from '../resources/selection/field.js';

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

/** Documents by what the resources of a list are selected. */
export function Selects({ fields }: Selectable): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'labelSelector',
      required: false,
      description:
        'Conditions with commas between them: `key`, `!key`, `key=value`, `key!=value`, `key in (a, b)`, ' +
        '`key notin (a, b)`, `(key1,key2)=(a,b)`.',
    }),
    ApiQuery({
      name: 'fieldSelector',
      required: false,
      description:
        'Conditions with commas between them: `field`, `!field`, `=`, `!=`, `in (a, b)`, `notin (a, b)`, `contains`, ' +
        `\`notcontains\`, \`>\`, \`>=\`, \`<\`, \`<=\`. Fields: ${Object.keys(fields).join(', ')}.`,
    }),
  );
}

/** Documents `summaryOnly`. */
export function MayOnlyCount(): MethodDecorator {
  const description = 'Count the selected devices by their statuses instead of listing them.';
  return ApiQuery({ name: 'summaryOnly', required: false, type: Boolean, description });
}

/** Documents the selection and the order of events. */
export function SelectsEvents(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'fieldSelector',
      required: false,
      description:
        'Conditions with commas between them: `field=value`, `field!=value`, `field in (a, b)`, `field notin (a, b)`. ' +
        'Fields: metadata.name, involvedObject.kind, involvedObject.name, reason, type, actor.',
    }),
    ApiQuery({
      name: 'order',
      required: false,
      enum: ['asc', 'desc'],
      description: 'By time; desc, newest first, without it.',
    }),
  );
}

/** Documents `addDevicesSummary`. */
export function MaySummarise(): MethodDecorator {
  const description = 'Also count the devices of the fleet by their statuses.';
  return ApiQuery({ name: 'addDevicesSummary', required: false, type: Boolean, description });
}

/** Documents by what waiting events are selected. */
export function SelectsWaiting(): MethodDecorator {
  const text = { required: false, type: String };
  return applyDecorators(
    ApiQuery({ ...text, name: 'service', description: 'The service that could not handle them.' }),
    ApiQuery({ ...text, name: 'type', description: 'Type of the events.' }),
    ApiQuery({ ...text, name: 'org', description: 'Organisation of the events.' }),
    ApiQuery({ ...text, name: 'since', description: 'They came to wait at this time or later.' }),
  );
}
