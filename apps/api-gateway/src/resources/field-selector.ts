import { RefusedRequest } from './refused-request.js';

/** One condition of a field selector: that a field has, or has not, one of these values. */
export interface Requirement {
  readonly field: string;
  readonly is: boolean;
  readonly values: readonly string[];
}

const REQUIREMENT =
  /\s*(?<field>[^\s=!,()]+)(?:\s*(?<sign>==|=|!=)(?<value>[^,]*)|\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)\s*)(?:,|$)/y;

const FORMS =
  'write field=value, field!=value, field in (a, b) or field notin (a, b), with commas between them';

function requirementOf({ groups = {} }: RegExpExecArray): Requirement {
  const { field = '', sign, value = '', set, values = '' } = groups;
  const all = sign === undefined ? values.split(',') : [value];
  const is = sign === undefined ? set === 'in' : sign !== '!=';
  return { field, is, values: all.map((one) => one.trim()) };
}

function parse(text: string): Requirement[] {
  const found: Requirement[] = [];
  REQUIREMENT.lastIndex = 0;
  while (REQUIREMENT.lastIndex < text.length) {
    const at = REQUIREMENT.lastIndex;
    const match = REQUIREMENT.exec(text);
    if (!match) {
      throw new RefusedRequest(
        'invalid',
        `fieldSelector: cannot read "${text.slice(at)}": ${FORMS}`,
      );
    }
    found.push(requirementOf(match));
  }
  return found;
}

/** @throws RefusedRequest when it cannot be read, or names a field that is not one of these */
export function fieldSelector(asked: unknown, fields: readonly string[]): Requirement[] {
  if (asked === undefined) return [];
  if (typeof asked !== 'string') {
    throw new RefusedRequest('invalid', 'fieldSelector: is given more than once');
  }
  if (asked.includes('\0')) {
    throw new RefusedRequest('invalid', 'fieldSelector: has a zero character in it');
  }
  const requirements = asked.trim() === '' ? [] : parse(asked);
  const unknown = requirements.map(({ field }) => field).filter((field) => !fields.includes(field));
  if (unknown.length === 0) return requirements;
  const names = [...new Set(unknown)].join(', ');
  throw new RefusedRequest(
    'invalid',
    `fieldSelector: cannot select by ${names}; there are ${fields.join(', ')}`,
  );
}
