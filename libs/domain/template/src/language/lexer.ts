import { lexAction } from './action-lexer.js';
import { skipSpace, spaceStart } from './space.js';
import { locate, TemplateError } from './template-error.js';
import type { Token } from './tokens.js';

const open = '{{';

/** Offset after an opening brace pair and its trim mark, and whether it trims. */
function afterOpen(text: string, offset: number): { start: number; trims: boolean } {
  const trims = text[offset] === '-' && skipSpace(text, offset + 1) > offset + 1;
  return { start: trims ? skipSpace(text, offset + 1) : offset, trims };
}

/** Offset after a comment, and whether it trims the text that follows. */
function afterComment(text: string, start: number): { end: number; trims: boolean } {
  const closed = text.indexOf('*/', start + 2);
  if (closed < 0) {
    throw new TemplateError('template-syntax', 'the comment is not closed', locate(text, start));
  }
  const stop = closed + 2;
  const next = skipSpace(text, stop);
  if (next > stop && text.startsWith('-}}', next)) return { end: next + 3, trims: true };
  if (text.startsWith('}}', stop)) return { end: stop + 2, trims: false };
  throw new TemplateError(
    'template-syntax',
    'a comment must end with "*/}}" or "*/ -}}"',
    locate(text, stop),
  );
}

function textToken(text: string, from: number, to: number): Token[] {
  return to > from ? [{ kind: 'text', text: text.slice(from, to), offset: from }] : [];
}

/** Cuts a template into tokens; the last one is `end`. Throws a TemplateError. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  for (let next = text.indexOf(open); next >= 0; next = text.indexOf(open, offset)) {
    const { start, trims } = afterOpen(text, next + open.length);
    tokens.push(...textToken(text, offset, trims ? spaceStart(text, offset, next) : next));
    const isComment = text.startsWith('/*', start);
    if (!isComment) tokens.push({ kind: 'open', offset: next });
    const after = isComment ? afterComment(text, start) : lexAction(text, start, tokens);
    offset = after.trims ? skipSpace(text, after.end) : after.end;
  }
  tokens.push(...textToken(text, offset, text.length), { kind: 'end', offset: text.length });
  return tokens;
}
