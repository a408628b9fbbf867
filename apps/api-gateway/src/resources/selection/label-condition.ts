import type { Requirement } from '@skein/api';
import type { Selectable } from './field.js';
import type { Parameters } from './parameters.js';

type Labels = Readonly<Record<string, string>>;

/** What must be contained in the labels, one for each value. */
function wanted({ keys, values }: Requirement): Labels[] {
  return values.map((row) => Object.fromEntries(keys.map((key, index) => [key, row[index]!])));
}

function isOneOf(labels: string, wholes: readonly object[], parameters: Parameters): string {
  const texts = wholes.map((whole) => JSON.stringify(whole));
  return `${labels} @> any(${parameters.add(texts)}::jsonb[])`;
}

/** A requirement of a label selector in SQL, with what users wrote in the parameters. */
export function labelCondition(
  requirement: Requirement,
  { labels, indexedLabels }: Selectable,
  org: string,
  parameters: Parameters,
): string {
  const { keys, operator } = requirement;
  if (operator === 'exists') return `${labels} ? ${parameters.add(keys[0])}`;
  if (operator === 'absent') return `not ${labels} ? ${parameters.add(keys[0])}`;
  const sets = wanted(requirement);
  if (operator === 'notin') return `not ${isOneOf(labels, sets, parameters)}`;
  if (!indexedLabels) return isOneOf(labels, sets, parameters);
  const below = sets.map((set) => ({ [org]: set }));
  return isOneOf(indexedLabels, below, parameters);
}
