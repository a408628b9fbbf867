import { fields, labels, type Dialect } from './dialect.js';
import { MAX_BYTES } from './limits.js';
import type { Requirement } from './requirement.js';
import { SelectorError } from './selector-error.js';
import { SelectorParser } from './selector-parser.js';

function parse(text: string, dialect: Dialect): Requirement[] {
  if (text.length > MAX_BYTES || new TextEncoder().encode(text).length > MAX_BYTES) {
    throw new SelectorError(text, 0, `it is longer than ${MAX_BYTES} bytes; write less`);
  }
  const zero = text.indexOf('\0');
  if (zero >= 0) {
    throw new SelectorError(text, zero, 'there is a zero character; write it without');
  }
  if (!text.isWellFormed()) {
    throw new SelectorError(text, 0, 'half of a character is in it; write it without');
  }
  return new SelectorParser(text, dialect).parse();
}

/**
 * Reads the text of a label selector: `a=b,!c,d in (e,f),(g,h)=(i,j)`. An empty one has no requirements.
 * @throws SelectorError when it cannot be read, or is larger than 100 requirements, 1,000 values or 8 KiB
 */
export function parseLabelSelector(text: string): Requirement[] {
  return parse(text, labels);
}

/**
 * Reads the text of a field selector: `a.b=c,d contains e,f>=1`. An empty one has no requirements.
 * @throws SelectorError when it cannot be read, or is larger than 100 requirements, 1,000 values or 8 KiB
 */
export function parseFieldSelector(text: string): Requirement[] {
  return parse(text, fields);
}
