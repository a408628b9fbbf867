import { createHash } from 'node:crypto';
import { parseLabelSelector, SelectorError, type Requirement } from '@skein/api';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { labelKeyProblems, labelValueProblems } from '@skein/domain-resource';
import { Refusal, refuse } from './refusal.js';

function requirementsIn(selector: string): Requirement[] {
  try {
    const requirements = parseLabelSelector(selector);
    const problems = requirements.flatMap(({ keys, values }) => [
      ...keys.flatMap(labelKeyProblems),
      ...values.flat().flatMap(labelValueProblems),
    ]);
    refuse(problems.slice(0, 1).map((problem) => `labelSelector: ${problem}`));
    return requirements;
  } catch (error) {
    if (error instanceof SelectorError) throw new Refusal(400, `labelSelector: ${error.message}`);
    throw error;
  }
}

function conditionOf({ keys, operator, values }: Requirement, parameters: unknown[]): string {
  const add = (value: unknown) => `$${parameters.push(value)}`;
  if (operator === 'exists') return `r.labels ? ${add(keys[0])}`;
  if (operator === 'absent') return `not r.labels ? ${add(keys[0])}`;
  const sets = values.map((row) =>
    Object.fromEntries(keys.map((key, index) => [key, row[index]!])),
  );
  const texts = (wrap: (set: object) => object) => sets.map((set) => JSON.stringify(wrap(set)));
  if (operator === 'notin') return `not r.labels @> any(${add(texts((set) => set))}::jsonb[])`;
  const below = add(texts((set) => ({ [DEFAULT_ORGANISATION]: set })));
  return `jsonb_set('{}', array[r.org::text], r.labels) @> any(${below}::jsonb[])`;
}

export interface Where {
  /** What follows `where`; its first parameters are those below. */
  readonly condition: string;
  readonly parameters: readonly unknown[];
  /** Tells lists apart; a position is good for one of them. */
  readonly criteria: string;
}

/** @throws Refusal */
export function whereOf(labelSelector: string | undefined): Where {
  const requirements = labelSelector === undefined ? [] : requirementsIn(labelSelector);
  const parameters: unknown[] = [DEFAULT_ORGANISATION];
  const labelled = requirements.map((one) => conditionOf(one, parameters));
  const said = [
    { 'r.org': DEFAULT_ORGANISATION },
    requirements.map((one) => JSON.stringify(one)).sort(),
    [],
  ];
  return {
    condition: ['r.org = $1', ...labelled].join(' and '),
    parameters,
    criteria: createHash('sha256').update(JSON.stringify(said)).digest('base64url'),
  };
}
