const space = ' \t\r\n';

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && character !== '' && space.includes(character);
}

/** Offset of the first character at or after `offset` that is no white space. */
export function skipSpace(text: string, offset: number): number {
  let next = offset;
  while (isSpace(text[next])) next += 1;
  return next;
}

/** Offset at which the white space before `end` begins, not before `start`. */
export function spaceStart(text: string, start: number, end: number): number {
  let next = end;
  while (next > start && isSpace(text[next - 1])) next -= 1;
  return next;
}
