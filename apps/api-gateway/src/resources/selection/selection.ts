import { createHash } from 'node:crypto';
import type { Requirement } from '@skein/api';
import type { QueryOptions } from '@skein/postgres';
import type { ListQuery } from '../page.js';
import type { Selectable } from './field.js';
import { fieldCondition } from './field-condition.js';
import { labelCondition } from './label-condition.js';
import type { Parameters } from './parameters.js';
import { readFieldSelector, readLabelSelector } from './read-selector.js';

/** Where a list is looked for: values of columns. */
export interface Scope {
  readonly 'r.org': string;
  readonly 'r.fleet'?: string;
}

const inOrder = (requirements: readonly Requirement[]): string[] =>
  requirements.map((requirement) => JSON.stringify(requirement)).sort();

/** Which resources of a kind are asked for. */
export class Selection {
  private constructor(
    private readonly selectable: Selectable,
    private readonly labels: readonly Requirement[],
    private readonly fields: readonly Requirement[],
  ) {}

  /** @throws RefusedRequest */
  static of(selectable: Selectable, { labelSelector, fieldSelector }: ListQuery): Selection {
    return new Selection(
      selectable,
      readLabelSelector(labelSelector),
      readFieldSelector(fieldSelector, Object.keys(selectable.fields)),
    );
  }

  get isEmpty(): boolean {
    return this.labels.length + this.fields.length === 0;
  }

  /** How often what is selected occurs decides by which index it is found. */
  get planning(): QueryOptions {
    return { planAnew: !this.isEmpty };
  }

  /** The same for the same question, however it is written. */
  criteria(scope: Scope): string {
    const said = [scope, inOrder(this.labels), inOrder(this.fields)];
    return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
  }

  /**
   * What follows `where`.
   * @throws RefusedRequest when a field cannot be compared so
   */
  condition(scope: Scope, parameters: Parameters): string {
    const org = scope['r.org'];
    return [
      ...Object.entries(scope).map(([column, value]) => `${column} = ${parameters.add(value)}`),
      ...this.labels.map((one) => labelCondition(one, this.selectable, org, parameters)),
      ...this.fields.map((one) => fieldCondition(one, this.selectable.fields, parameters)),
    ].join(' and ');
  }
}
