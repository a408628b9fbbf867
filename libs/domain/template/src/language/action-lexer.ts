import { isSpace, skipSpace } from './space.js';
import { lexRawString, lexString } from './string-lexer.js';
import { locate, TemplateError } from './template-error.js';
import type { Token } from './tokens.js';

interface Lexed {
  token: Token;
  end: number;
}

const wordPattern = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const pathPattern = /\$?(?:\.[\p{L}_][\p{L}\p{Nd}_]*)+|\$(?![\p{L}\p{Nd}_])|\./uy;
const numberPattern = /[+-]?\d+(?:\.\d+)?/y;
const signs = new Map<string, 'pipe' | 'left' | 'right'>([
  ['|', 'pipe'],
  ['(', 'left'],
  [')', 'right'],
]);

function found(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function lexPath(text: string, offset: number): Lexed | undefined {
  const path = found(pathPattern, text, offset);
  if (path === undefined) return undefined;
  const keys = path
    .split('.')
    .slice(1)
    .filter((key) => key !== '');
  const token: Token = { kind: 'path', root: path.startsWith('$'), keys, offset };
  return { token, end: offset + path.length };
}

function lexNumber(text: string, offset: number): Lexed | undefined {
  const digits = found(numberPattern, text, offset);
  if (digits === undefined) return undefined;
  const value = Number(digits);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new TemplateError('template-limit', 'the number is too large', locate(text, offset));
  }
  return { token: { kind: 'literal', value, offset }, end: offset + digits.length };
}

function lexWord(text: string, offset: number): Lexed | undefined {
  const word = found(wordPattern, text, offset);
  if (word === undefined) return undefined;
  return { token: { kind: 'word', word, offset }, end: offset + word.length };
}

function lexQuoted(text: string, offset: number): Lexed | undefined {
  const quote = text[offset];
  if (quote !== '"' && quote !== '`') return undefined;
  const { value, end } = quote === '"' ? lexString(text, offset) : lexRawString(text, offset);
  return { token: { kind: 'literal', value, offset }, end };
}

function lexSign(text: string, offset: number): Lexed | undefined {
  const kind = signs.get(text[offset] ?? '');
  return kind && { token: { kind, offset }, end: offset + 1 };
}

function refuse(text: string, offset: number): never {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const fail = (code: 'template-syntax' | 'template-unsupported', detail: string): never => {
    throw new TemplateError(code, detail, locate(text, offset));
  };
  if (character === '$') return fail('template-unsupported', 'only the variable "$" is supported');
  if (':=,'.includes(character)) return fail('template-unsupported', 'variables are not supported');
  if (character === "'") {
    return fail('template-unsupported', 'character constants are not supported, use "…"');
  }
  return fail('template-syntax', `unexpected character ${JSON.stringify(character)}`);
}

function lexOperand(text: string, offset: number): Lexed {
  return (
    lexPath(text, offset) ??
    lexNumber(text, offset) ??
    lexWord(text, offset) ??
    lexQuoted(text, offset) ??
    refuse(text, offset)
  );
}

/** What follows a value without a space would otherwise pass as the next argument. */
function checkSeparation(text: string, { token, end }: Lexed): void {
  const next = text[end];
  if (next === undefined || isSpace(next) || '|)}'.includes(next)) return;
  const hint = token.kind === 'path' ? ': reach such a key with index' : '';
  throw new TemplateError(
    'template-syntax',
    `unexpected character ${JSON.stringify(next)}${hint}`,
    locate(text, end),
  );
}

/** The end of an action at `offset`, if it is there: `}}`, or ` -}}` after white space. */
function lexClose(text: string, offset: number): { end: number; trims: boolean } | undefined {
  if (text.startsWith('}}', offset)) return { end: offset + 2, trims: false };
  const trims = isSpace(text[offset - 1]) && text.startsWith('-}}', offset);
  return trims ? { end: offset + 3, trims } : undefined;
}

/** Reads one action up to its closing braces into `tokens`. */
export function lexAction(
  text: string,
  start: number,
  tokens: Token[],
): { end: number; trims: boolean } {
  let offset = skipSpace(text, start);
  while (offset < text.length) {
    const close = lexClose(text, offset);
    if (close) {
      tokens.push({ kind: 'close', offset });
      return close;
    }
    const lexed = lexSign(text, offset) ?? lexOperand(text, offset);
    if (lexed.token.kind !== 'pipe' && lexed.token.kind !== 'left') checkSeparation(text, lexed);
    tokens.push(lexed.token);
    offset = skipSpace(text, lexed.end);
  }
  throw new TemplateError('template-syntax', 'the action is not closed', locate(text, start));
}
