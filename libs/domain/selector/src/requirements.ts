import type { Labels, LabelSelector } from '@skein/domain-resource';
import { isEmptySelector } from '@skein/domain-resource';

/** What every device that a selector matches has; a device that has it need not match. */
export interface Requirements {
  /** Of one of these sets, a matching device has all labels; null when there is no label value that it must have. */
  readonly anyOf: readonly Labels[] | null;
  /** Labels that a matching device has, whatever their values are. */
  readonly keys: readonly string[];
}

/** Longer lists of values cost more to look up than they spare. */
const MOST_VALUES = 100;

/** Undefined when the selector matches nothing. */
export function requirementsOf(selector: LabelSelector | null): Requirements | undefined {
  if (!selector || isEmptySelector(selector)) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const positive = matchExpressions.filter(({ operator }) => /^(In|Exists)$/.test(operator));
  const keys = [...Object.keys(matchLabels), ...positive.map(({ key }) => key)];
  const narrowest = matchExpressions
    .filter(({ operator, key }) => operator === 'In' && !Object.hasOwn(matchLabels, key))
    .map(({ key, values = [] }) => ({ key, values: [...new Set(values)] }))
    .filter(({ values }) => values.length <= MOST_VALUES)
    .sort((left, right) => left.values.length - right.values.length)[0];
  const anyOf = narrowest?.values.map((value) => withLabel(matchLabels, narrowest.key, value));
  const alone = Object.keys(matchLabels).length > 0 ? [matchLabels] : null;
  return { anyOf: anyOf ?? alone, keys: [...new Set(keys)] };
}

/** Also when the label is called __proto__. */
function withLabel(labels: Labels, key: string, value: string): Labels {
  return Object.fromEntries([...Object.entries(labels), [key, value]]);
}
