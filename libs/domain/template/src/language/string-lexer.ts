import { locate, TemplateError } from './template-error.js';

interface LexedString {
  value: string;
  end: number;
}

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ['"', '"'],
]);

const hexadecimal = /^[0-9A-Fa-f]{4}$/;

function syntax(text: string, offset: number, detail: string): TemplateError {
  return new TemplateError('template-syntax', detail, locate(text, offset));
}

/** Reads the escape whose backslash stands at `offset`. */
function lexEscape(text: string, offset: number): LexedString {
  const character = text[offset + 1] ?? '';
  const simple = escapes.get(character);
  if (simple !== undefined) return { value: simple, end: offset + 2 };
  const digits = text.slice(offset + 2, offset + 6);
  const value = hexadecimal.test(digits) ? String.fromCharCode(parseInt(digits, 16)) : '';
  if (character === 'u' && value.isWellFormed() && value !== '') return { value, end: offset + 6 };
  throw syntax(text, offset, `unknown escape "\\${character}"`);
}

/** Reads a string in double quotes whose first quote stands at `start`. */
export function lexString(text: string, start: number): LexedString {
  const pieces: string[] = [];
  let offset = start + 1;
  while (offset < text.length && text[offset] !== '\n') {
    const character = text[offset] ?? '';
    if (character === '"') return { value: pieces.join(''), end: offset + 1 };
    const piece =
      character === '\\' ? lexEscape(text, offset) : { value: character, end: offset + 1 };
    pieces.push(piece.value);
    offset = piece.end;
  }
  throw syntax(text, start, 'the string is not closed');
}

/** Reads a string in backquotes, which knows no escapes. */
export function lexRawString(text: string, start: number): LexedString {
  const end = text.indexOf('`', start + 1);
  if (end < 0) throw syntax(text, start, 'the string is not closed');
  return { value: text.slice(start + 1, end), end: end + 1 };
}
