import type { Sent } from './grammar.js';

const CALL = /redis\.p?call\(((?:[^()]|\([^()]*\))*)\)/g;
const LITERAL = /^'([^']*)'$/;

/** Divided at the commas that stand in no bracket or call. */
function divided(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const sign of list) {
    if ('([{'.includes(sign)) depth += 1;
    if (')]}'.includes(sign)) depth -= 1;
    if (sign === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** The commands that the scripts in a source send; what is no literal there stays open. */
export function callsIn(text: string): Sent[] {
  return [...text.matchAll(CALL)].map(([, list = '']) =>
    divided(list).map((part) => LITERAL.exec(part)?.[1]),
  );
}
