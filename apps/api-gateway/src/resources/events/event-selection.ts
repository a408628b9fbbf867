import { createHash } from 'node:crypto';
import type { Event, Requirement } from '@skein/api';
import type { ListQuery } from '../page.js';
import { RefusedRequest } from '../refused-request.js';
import { readFieldSelector } from '../selection/read-selector.js';

const fields = {
  'metadata.name': ({ metadata }: Event) => metadata.name!,
  'involvedObject.kind': ({ involvedObject }: Event) => involvedObject.kind,
  'involvedObject.name': ({ involvedObject }: Event) => involvedObject.name,
  reason: ({ reason }: Event) => reason,
  type: ({ type }: Event) => type as string,
  actor: ({ actor }: Event) => actor,
};
export type EventField = keyof typeof fields;
export type Order = 'asc' | 'desc';

/** That a field has, or has not, one of these values. */
interface Condition {
  readonly field: string;
  readonly is: boolean;
  readonly values: readonly string[];
}

function conditionOf({ keys, operator, values }: Requirement): Condition {
  const field = keys[0]!;
  if (operator !== 'in' && operator !== 'notin') {
    throw new RefusedRequest(
      'invalid',
      `fieldSelector: ${field}: events are selected by =, !=, in and notin; write ${field}=value`,
    );
  }
  return { field, is: operator === 'in', values: values.flat() };
}

/** Which events are asked for, and in which order. */
export class EventSelection {
  private constructor(
    private readonly conditions: readonly Condition[],
    readonly order: Order,
  ) {}

  /** @throws RefusedRequest */
  static of({ fieldSelector: asked, order = 'desc' }: ListQuery): EventSelection {
    if (order !== 'asc' && order !== 'desc') {
      throw new RefusedRequest('invalid', 'order: must be asc or desc');
    }
    const requirements = readFieldSelector(asked, Object.keys(fields));
    return new EventSelection(requirements.map(conditionOf), order);
  }

  /** The same for the same question about the same organisation, however it is written. */
  criteria(org: string): string {
    const said = this.conditions.map((condition) => JSON.stringify(condition)).sort();
    return createHash('sha256')
      .update(JSON.stringify([org, this.order, said]))
      .digest('base64url');
  }

  /** The only values that a field may have; undefined when it may have nearly any. */
  only(field: EventField): ReadonlySet<string> | undefined {
    const sets = this.conditions.filter((one) => one.is && one.field === field);
    if (sets.length === 0) return undefined;
    const first = sets[0]!.values;
    return new Set(first.filter((value) => sets.every(({ values }) => values.includes(value))));
  }

  /** Values that a field may not have. */
  never(field: EventField): readonly string[] {
    return this.conditions
      .filter((one) => !one.is && one.field === field)
      .flatMap(({ values }) => values);
  }

  matches(event: Event): boolean {
    return this.conditions.every(
      ({ field, is, values }) => values.includes(fields[field as EventField](event)) === is,
    );
  }
}
