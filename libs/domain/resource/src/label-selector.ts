import type { Labels } from './metadata.js';
import { labelKeyProblems, labelValueProblems } from './names.js';

export const matchOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

export type MatchOperator = (typeof matchOperators)[number];

export interface MatchExpression {
  key: string;
  operator: MatchOperator;
  /** At least one for In and NotIn, none for the others. */
  values?: string[];
}

/** All labels and all expressions must hold; a selector without any matches nothing. */
export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: MatchExpression[];
}

const operators: Record<MatchOperator, (values: string[], value: string | undefined) => boolean> = {
  In: (values, value) => value !== undefined && values.includes(value),
  NotIn: (values, value) => value === undefined || !values.includes(value),
  Exists: (_values, value) => value !== undefined,
  DoesNotExist: (_values, value) => value === undefined,
};

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function holds(expression: MatchExpression, labels: Labels): boolean {
  if (!Object.hasOwn(operators, expression.operator)) return false;
  return operators[expression.operator](expression.values ?? [], labelOf(labels, expression.key));
}

/** Whether a selector is absent or without any requirement; such a selector matches nothing. */
export function isEmptySelector(selector: LabelSelector | null | undefined): boolean {
  return (
    Object.keys(selector?.matchLabels ?? {}).length === 0 &&
    (selector?.matchExpressions ?? []).length === 0
  );
}

/** Whether the labels meet all requirements. As in Kubernetes, NotIn also holds without the label. */
export function matches(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  if (!selector || isEmptySelector(selector)) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(
      ([key, value]) => labelOf(labels, key) === value,
    ) && (selector.matchExpressions ?? []).every((expression) => holds(expression, labels))
  );
}

function valuesProblems({ operator, values = [] }: MatchExpression): string[] {
  const wanted = operator === 'In' || operator === 'NotIn';
  if (wanted && values.length === 0) return [`${operator} needs at least one value`];
  if (!wanted && values.length > 0) return [`${operator} takes no values`];
  return values.flatMap(labelValueProblems);
}

function expressionProblems(expression: MatchExpression): string[] {
  const { key, operator } = expression;
  if (!matchOperators.includes(operator)) {
    return [`operator "${operator}" is none of ${matchOperators.join(', ')}`];
  }
  return [...labelKeyProblems(key), ...valuesProblems(expression)];
}

/** What is wrong with a selector, one message for each fault; an empty list if nothing is. */
export function selectorProblems(selector: LabelSelector): string[] {
  const labels = Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) =>
    [...labelKeyProblems(key), ...labelValueProblems(value)].map(
      (problem) => `matchLabels: ${problem}`,
    ),
  );
  const expressions = (selector.matchExpressions ?? []).flatMap((expression, index) =>
    expressionProblems(expression).map((problem) => `matchExpressions[${index}]: ${problem}`),
  );
  return [...labels, ...expressions];
}
