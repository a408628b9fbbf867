import {
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
  type Requirement,
} from '@skein/api';
import { labelKeyProblems, labelValueProblems } from '@skein/domain-resource';
import { RefusedRequest } from '../refused-request.js';

const parsers = { labelSelector: parseLabelSelector, fieldSelector: parseFieldSelector };
type Parameter = keyof typeof parsers;

const refused = (parameter: Parameter, problem: string): RefusedRequest =>
  new RefusedRequest('invalid', `${parameter}: ${problem}`);

function read(parameter: Parameter, asked: unknown): Requirement[] {
  if (asked === undefined) return [];
  if (typeof asked !== 'string') throw refused(parameter, 'is given more than once');
  try {
    return parsers[parameter](asked);
  } catch (error) {
    if (error instanceof SelectorError) throw refused(parameter, error.message);
    throw error;
  }
}

/** @throws RefusedRequest when it cannot be read, or no label can be so */
export function readLabelSelector(asked: unknown): Requirement[] {
  const requirements = read('labelSelector', asked);
  const [problem] = requirements.flatMap(({ keys, values }) => [
    ...keys.flatMap(labelKeyProblems),
    ...values.flat().flatMap(labelValueProblems),
  ]);
  if (problem !== undefined) throw refused('labelSelector', problem);
  return requirements;
}

/** @throws RefusedRequest when it cannot be read, or names a field that is not one of these */
export function readFieldSelector(asked: unknown, fields: readonly string[]): Requirement[] {
  const requirements = read('fieldSelector', asked);
  const unknown = requirements.flatMap(({ keys }) => keys).filter((key) => !fields.includes(key));
  if (unknown.length === 0) return requirements;
  const names = [...new Set(unknown)].join(', ');
  throw refused('fieldSelector', `cannot select by ${names}; there are ${fields.join(', ')}`);
}
