/** A whole share from 0 to 100, such as `90%`, as a number; undefined when the text is none. */
export function percentOf(text: string): number | undefined {
  const digits = /^(100|[1-9]?\d)%$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
